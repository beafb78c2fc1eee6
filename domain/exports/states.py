"""The life of an export. Pure."""

from enum import StrEnum


class ExportState(StrEnum):
    """Where an export is. A file is there only while it is `ready`."""

    SUBMITTED = "submitted"
    REJECTED = "rejected"
    APPROVED = "approved"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


MOVES: dict[ExportState, frozenset[ExportState]] = {
    ExportState.SUBMITTED: frozenset({ExportState.APPROVED, ExportState.REJECTED}),
    ExportState.APPROVED: frozenset({ExportState.READY, ExportState.FAILED}),
    ExportState.READY: frozenset({ExportState.EXPIRED}),
    ExportState.REJECTED: frozenset(),
    ExportState.FAILED: frozenset(),
    ExportState.EXPIRED: frozenset(),
}


def may(before: ExportState, after: ExportState) -> bool:
    """Whether an export can go from `before` to `after`."""
    return after in MOVES[before]
