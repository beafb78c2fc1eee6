"""The life of a delivery of a T+1 file. Pure."""

from enum import StrEnum


class FileState(StrEnum):
    """Where a delivery is. `late` is done too, but its day had been missing."""

    MISSING = "missing"
    WAITING = "waiting"
    VERIFIED = "verified"
    INGESTING = "ingesting"
    DONE = "done"
    LATE = "late"
    DUPLICATE = "duplicate"
    MISMATCHING = "mismatching"


MOVES: dict[FileState, frozenset[FileState]] = {
    FileState.MISSING: frozenset({FileState.WAITING}),
    FileState.WAITING: frozenset({FileState.VERIFIED, FileState.DUPLICATE, FileState.MISMATCHING}),
    FileState.VERIFIED: frozenset({FileState.INGESTING, FileState.DONE, FileState.LATE, FileState.MISMATCHING}),
    FileState.INGESTING: frozenset({FileState.DONE, FileState.LATE, FileState.MISMATCHING}),
    FileState.DONE: frozenset(),
    FileState.LATE: frozenset(),
    FileState.DUPLICATE: frozenset(),
    FileState.MISMATCHING: frozenset(),
}
TAKING = frozenset({FileState.VERIFIED, FileState.INGESTING})
TAKEN = frozenset({FileState.DONE, FileState.LATE})


def may(before: FileState, after: FileState) -> bool:
    """Whether a delivery can go from `before` to `after`; staying is no move."""
    return before == after or after in MOVES[before]


def is_over(state: FileState) -> bool:
    """Whether nothing more can happen to a delivery."""
    return not MOVES[state]
