"""The program's processes, forked from one that has imported it already: they start in tenths of a second."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from server import cli
from tests.faults import prepare
from tests.faults.loans import prepare as loan_prepare

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["server.serving", "server.web", "server.worker", __name__])
_COMMANDS = {
    "serve": cli.serve,
    "work": cli.work,
    "prepare": prepare.everything,
    "add-latecomer": prepare.latecomer,
    "prepare-claims": prepare.claims,
    "sandbox": cli.sandbox,
    "prepare-loans": loan_prepare.everything,
}


class Process:
    """One command of the program; its output goes to `<logs>/<name>.log`. It never outlives us."""

    def __init__(self, name: str, command: str, environment: Mapping[str, str], logs: Path) -> None:
        self.name, self.command = name, command
        self._environment, self._log = dict(environment), logs / f"{name}.log"
        self._running: ForkServerProcess | None = None
        self.started_at = 0.0

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._running.exitcode if self._running else -signal.SIGKILL

    def start(self) -> None:
        """Returns at once."""
        arguments = (self.command, self._environment, str(self._log))
        self._running = _forks.Process(target=_run, args=arguments, name=self.name, daemon=True)
        self.started_at = time.monotonic()
        self._running.start()

    def kill(self) -> None:
        """`kill -9`; returns when it is gone. Idempotent."""
        if self._running:
            self._running.kill()
            self._running.join()

    async def freeze(self, seconds: float) -> None:
        """Stops it where it stands, locks and all, and lets it go on."""
        if self._running and self._running.pid:
            os.kill(self._running.pid, signal.SIGSTOP)
            await asyncio.sleep(seconds)
            os.kill(self._running.pid, signal.SIGCONT)

    async def finish(self) -> int:
        """Waits for its end; returns the exit code."""
        while (code := self.exit_code) is None:
            await asyncio.sleep(0.05)
        return code


def _run(command: str, environment: dict[str, str], log: str) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with open(log, "ab") as out:
        os.dup2(out.fileno(), sys.stdout.fileno())
        os.dup2(out.fileno(), sys.stderr.fileno())
    os.environ.update(environment)
    _COMMANDS[command]()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)
