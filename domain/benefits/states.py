"""The life of a granted benefit. Pure."""

from enum import StrEnum


class GrantState(StrEnum):
    """issuing → granted or failed, where the supplier issues; granted → redeeming → redeemed; expired; voided."""

    ISSUING = "issuing"
    GRANTED = "granted"
    REDEEMING = "redeeming"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    VOIDED = "voided"
    FAILED = "failed"


G = GrantState
TRANSITIONS: dict[GrantState, frozenset[GrantState]] = {
    # A supplier may tell of the usage before its answer to our request has come.
    G.ISSUING: frozenset({G.GRANTED, G.FAILED, G.VOIDED, G.REDEEMED}),
    G.GRANTED: frozenset({G.REDEEMING, G.REDEEMED, G.EXPIRED, G.VOIDED}),
    G.REDEEMING: frozenset({G.REDEEMED, G.EXPIRED}),
    G.REDEEMED: frozenset(),
    # Used in time, told late.
    G.EXPIRED: frozenset({G.REDEEMED}),
    G.VOIDED: frozenset(),
    G.FAILED: frozenset(),
}
HAD = frozenset({G.REDEEMING, G.REDEEMED})
"""Its owner has had what it is worth: the code was shown, or the supplier saw it used."""


def may(before: GrantState, after: GrantState) -> bool:
    """Whether a grant can go from `before` to `after`."""
    return after in TRANSITIONS[before]


def before(after: GrantState) -> list[GrantState]:
    """From which states a grant can go to `after`."""
    return [state for state, following in TRANSITIONS.items() if after in following]
