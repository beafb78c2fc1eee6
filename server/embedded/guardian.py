"""A process that never outlives the one that started it: a guardian between them waits for the end of a pipe.

Imported, this file offers `Guarded`; run as a script, it is the guardian. Why so: see `Guarded`.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from signal import Signals
from typing import BinaryIO, NamedTuple

_INSIST_S = 10.0
_PR_SET_PDEATHSIG = 1


class Account(NamedTuple):
    """The user a server runs as."""

    uid: int
    gid: int


class Farewell(NamedTuple):
    """How a process is asked to end, how long it may take, and what it gets then (and at last SIGKILL)."""

    ask: Signals
    grace_s: float
    insist: Signals


# A forgotten object would close its pipe and so end a server that is still in use.
_held: set["Guarded"] = set()


class Guarded:
    """One command in a session of its own; it ends on `stop` and when this process dies, even by SIGKILL.

    The guardian reads from a pipe whose writing end only we hold: the kernel closes it when we die. That
    works on Linux and macOS alike, whichever thread starts it. (The parent-death signal of Linux depends on the
    thread; it is used only between guardian and command, in case the guardian itself is killed.)
    A fork of this process that does not exec keeps the pipe open: fork such children before.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log: BinaryIO,
        env: Mapping[str, str] | None = None,
        run_as: Account | None = None,
        farewell: Farewell,
    ) -> None:
        who = [str(run_as.uid), str(run_as.gid)] if run_as else ["-", "-"]
        how = [farewell.ask.name, str(farewell.grace_s), farewell.insist.name]
        self._farewell = farewell
        self._buried = False
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, *how, *who, *argv],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=env,
            start_new_session=True,
        )
        _held.add(self)

    def exit_code(self) -> int | None:
        """None while it runs; 128 + n when it was ended by signal n."""
        code = self._guardian.poll()
        if code is not None and not self._buried:
            self._buried = True
            _held.discard(self)
            with suppress(ProcessLookupError):  # the guardian may have been killed alone: nothing of it may stay
                os.killpg(self._guardian.pid, signal.SIGKILL)
        return code if code is None or code >= 0 else 128 - code

    def wait(self, seconds: float) -> int | None:
        """The exit code, or None when it still runs after `seconds`."""
        with suppress(subprocess.TimeoutExpired):
            self._guardian.wait(seconds)
        return self.exit_code()

    def stop(self) -> None:
        """Ends it as its farewell says and returns when it is gone. Idempotent."""
        assert self._guardian.stdin is not None
        self._guardian.stdin.close()
        if self.wait(self._farewell.grace_s + 2 * _INSIST_S) is None:
            os.killpg(self._guardian.pid, signal.SIGKILL)
            self.wait(_INSIST_S)


def _guard(farewell: Farewell, run_as: Account | None, argv: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # only the pipe decides; unlike SIG_IGN a handler is not inherited
    child = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        cwd="/" if run_as else None,  # where we are, that account may not be allowed to look
        preexec_fn=_end_with_parent(farewell.insist),
        user=run_as.uid if run_as else None,
        group=run_as.gid if run_as else None,
        extra_groups=[] if run_as else None,
    )
    stopping = threading.Event()

    def stop_at_end_of_pipe() -> None:
        os.read(0, 1)
        stopping.set()
        for number, seconds in ((farewell.ask, farewell.grace_s), (farewell.insist, _INSIST_S)):
            child.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                child.wait(seconds)
                return
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=stop_at_end_of_pipe, daemon=True).start()
    code = child.wait()
    if stopping.is_set():
        os.killpg(0, signal.SIGKILL)  # the group is ours: also what the child started and left behind
    return code if code >= 0 else 128 - code


def _end_with_parent(number: Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return arrange


def _main(ask: str, grace_s: str, insist: str, uid: str, gid: str, *argv: str) -> int:
    farewell = Farewell(Signals[ask], float(grace_s), Signals[insist])
    try:
        return _guard(farewell, None if uid == "-" else Account(int(uid), int(gid)), list(argv))
    except OSError as error:
        print(f"cannot run {argv[0]}: {error}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
