"""The life of a claim: which state may follow which, and what a customer's page calls it. Pure."""

from enum import StrEnum


class ClaimState(StrEnum):
    """claimed → completed → rewarded; expired; cancelled; clawed_back."""

    CLAIMED = "claimed"
    COMPLETED = "completed"
    REWARDED = "rewarded"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    CLAWED_BACK = "clawed_back"


C = ClaimState
TRANSITIONS: dict[ClaimState, frozenset[ClaimState]] = {
    C.CLAIMED: frozenset({C.COMPLETED, C.EXPIRED, C.CANCELLED}),
    C.COMPLETED: frozenset({C.REWARDED, C.CLAIMED, C.EXPIRED}),
    C.REWARDED: frozenset({C.CLAWED_BACK}),
    C.EXPIRED: frozenset({C.COMPLETED}),
    C.CLAWED_BACK: frozenset({C.COMPLETED}),
    C.CANCELLED: frozenset(),
}
RUNNING = (C.CLAIMED, C.EXPIRED, C.CLAWED_BACK)
"""Open to events: an expired claim is so only for late ones, one taken back may be completed again."""
DONE = (C.COMPLETED, C.REWARDED)


def after_completion_lost(state: ClaimState, expired: bool) -> ClaimState:
    """Where a completed claim goes when refunds take its completion back."""
    if state is C.REWARDED:
        return C.CLAWED_BACK
    return C.EXPIRED if expired else C.CLAIMED


def shown(state: ClaimState, expired: bool) -> str:
    """A claim's state as answers to customers name it; the job that marks it expired may not have come by yet."""
    if state in (C.CLAIMED, C.CLAWED_BACK):
        return "expired" if expired else "claimed"
    return "expired" if state is C.CANCELLED else str(state)
