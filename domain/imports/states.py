"""The life of an import. Pure."""

from datetime import timedelta
from enum import StrEnum


class ImportState(StrEnum):
    """Where an import is. `refused`: the file as a whole could not be read; `failed`: it was tried again and again, and
    goes on when somebody resumes it.
    """

    RECEIVED = "received"
    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


WAITING = (ImportState.RECEIVED, ImportState.RUNNING)
OPEN = (*WAITING, ImportState.FAILED)
CLOSED = (ImportState.DONE, ImportState.REFUSED, ImportState.CANCELLED)
MOST_ATTEMPTS = 6


def wait_after(attempt: int) -> timedelta | None:
    """How long to wait after the attempt of this number (from 1) failed, twice as long each time; None: no longer."""
    return None if attempt >= MOST_ATTEMPTS else timedelta(seconds=10 * 2 ** (attempt - 1))
