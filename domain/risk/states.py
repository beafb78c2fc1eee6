"""What becomes of an action that is held back. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

TO_COME_BACK = timedelta(hours=1)
"""Who waited long enough may do it within this time, or waits anew."""
TO_ANSWER = timedelta(minutes=10)
ANSWERED_FOR = timedelta(minutes=10)


class HoldKind(StrEnum):
    """What an action waits for: time, a code, an operator."""

    DELAY = "delay"
    CHALLENGE = "challenge"
    REVIEW = "review"


class HoldState(StrEnum):
    """`cleared` lets the action through and `refused` keeps it out while they last; `spent` is over."""

    WAITING = "waiting"
    CLEARED = "cleared"
    REFUSED = "refused"
    SPENT = "spent"


MOVES: dict[HoldKind, dict[HoldState, frozenset[HoldState]]] = {
    HoldKind.DELAY: {HoldState.WAITING: frozenset({HoldState.SPENT})},
    HoldKind.CHALLENGE: {HoldState.WAITING: frozenset({HoldState.CLEARED, HoldState.SPENT})},
    HoldKind.REVIEW: {HoldState.WAITING: frozenset({HoldState.CLEARED, HoldState.REFUSED})},
}


def may(kind: HoldKind, before: HoldState, after: HoldState) -> bool:
    """Whether a hold can go from `before` to `after`."""
    return after in MOVES[kind].get(before, frozenset())


class Hold(msgspec.Struct, frozen=True):
    """A hold that is not over; `id` is None for one that is made just now."""

    id: int | None
    customer_id: int
    action: str
    kind: HoldKind
    state: HoldState
    version: int
    rule: str
    until: datetime | None
    token: str | None = None
    opens_at: datetime | None = None
    hours: int | None = None


def lets_through(hold: Hold, now: datetime) -> bool:
    """Whether what a hold waited for has come."""
    if hold.kind is HoldKind.DELAY:
        return hold.opens_at is not None and hold.opens_at <= now
    return hold.state is HoldState.CLEARED
