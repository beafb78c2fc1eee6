"""The life of a loan application. Pure."""

from enum import StrEnum


class LoanState(StrEnum):
    """Where an application is; the core's decision is final."""

    PROCESSING = "processing"
    DISBURSED = "disbursed"
    DECLINED = "declined"


MOVES: dict[LoanState, frozenset[LoanState]] = {
    LoanState.PROCESSING: frozenset({LoanState.DISBURSED, LoanState.DECLINED}),
    LoanState.DISBURSED: frozenset(),
    LoanState.DECLINED: frozenset(),
}


def may(before: LoanState, after: LoanState) -> bool:
    """Whether an application can go from `before` to `after`."""
    return after in MOVES[before]
