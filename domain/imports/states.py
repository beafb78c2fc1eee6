"""The life of an import. Pure."""

from enum import StrEnum


class ImportState(StrEnum):
    """Where an import is. `refused`: the file as a whole could not be read."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


WAITING = (ImportState.RECEIVED, ImportState.RUNNING)
CLOSED = (ImportState.DONE, ImportState.REFUSED, ImportState.CANCELLED)
