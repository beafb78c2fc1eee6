"""The life of a loan application. Pure."""

from enum import StrEnum


class LoanState(StrEnum):
    """Where an application is. The core decides; a disbursed loan may be cancelled within the core's cooling-off, as if
    it had never been, or repaid early.
    """

    PROCESSING = "processing"
    DISBURSED = "disbursed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    REPAID_EARLY = "repaid_early"


_ENDS = frozenset({LoanState.CANCELLED, LoanState.REPAID_EARLY})
MOVES: dict[LoanState, frozenset[LoanState]] = {
    # What was cancelled or repaid before we heard of it was disbursed in between.
    LoanState.PROCESSING: frozenset({LoanState.DISBURSED, LoanState.DECLINED}) | _ENDS,
    LoanState.DISBURSED: _ENDS,
    # The core, or a request of ours that had been on its way for long, came after all.
    LoanState.DECLINED: frozenset({LoanState.DISBURSED}) | _ENDS,
    LoanState.CANCELLED: frozenset(),
    LoanState.REPAID_EARLY: frozenset(),
}
LENT = frozenset({LoanState.DISBURSED, LoanState.REPAID_EARLY})
"""The customer got the money: there is a plan, and what coupons took off it counts."""


def may(before: LoanState, after: LoanState) -> bool:
    """Whether an application can go from `before` to `after`."""
    return after in MOVES[before]


def contradicts(known: LoanState, told: LoanState) -> bool:
    """Whether `told` cannot be true beside `known`, not even as something that was true before."""
    return (known in LENT and told == LoanState.DECLINED) or (known != told and {known, told} == _ENDS)
