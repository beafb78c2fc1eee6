"""Locks between processes that the kernel lets go when their holder dies, however it dies."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Waits for the lock and holds it; the file stays, since removing it would let two holders in."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Claim:
    """Says "the process that owns this server is alive" until released or until that process dies.

    Each claim locks a new file and renames it over `path`, so a newer owner never waits for an older one.
    """

    def __init__(self, path: Path) -> None:
        new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        self._descriptor: int | None = os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        new.replace(path)

    def release(self) -> None:
        """Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_claimed(path: Path) -> bool:
    """Whether a living process (this one included) holds the newest claim on `path`."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
