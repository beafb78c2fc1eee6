"""Finding and ending the PostgreSQL processes of one data folder, without trusting any stored process id.

Every PostgreSQL process works inside its data folder: the working directory identifies it.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_QUIT_S = 5.0
_POLL_S = 0.02


def postgres_processes(data: Path) -> list[int]:
    """Process ids of the postmaster and the backends whose working directory is `data`."""
    data = data.resolve()
    if not (_PROC / "self").exists():
        argv = ["lsof", "-t", "-a", "-c", "postgres", "-d", "cwd", "--", str(data)]
        found = subprocess.run(argv, capture_output=True, text=True)
        return [int(line) for line in found.stdout.split()]
    here = str(data)
    processes = []
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it ended meanwhile, or belongs to another user and so is not ours
                if os.readlink(folder / "cwd") == here and (folder / "comm").read_text() == "postgres\n":
                    processes.append(int(folder.name))
    return processes


def postmaster(data: Path) -> int | None:
    """The process id of the living postmaster; backends can outlive theirs while they compute."""
    try:
        recorded = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return recorded if recorded in postgres_processes(data) else None


def _wait_until_gone(data: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while postgres_processes(data):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def kill_postgres(data: Path) -> None:
    """SIGKILL to all of them, again and again until none is left: the postmaster may be forking meanwhile."""
    while processes := postgres_processes(data):
        _send(processes, signal.SIGKILL)
        time.sleep(_POLL_S)


def end_leftovers(data: Path, patience_s: float = 5.0) -> None:
    """Ends what a dead owner left: waits for a shutdown under way, then SIGQUIT, then SIGKILL."""
    if _wait_until_gone(data, patience_s if postmaster(data) else 0.0):
        return
    _send(postgres_processes(data), signal.SIGQUIT)
    if not _wait_until_gone(data, _QUIT_S):
        kill_postgres(data)


def _send(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)
