"""The life of a granted benefit. Pure."""

from enum import StrEnum


class GrantState(StrEnum):
    """granted → redeemed; expired; voided."""

    GRANTED = "granted"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    VOIDED = "voided"


G = GrantState
TRANSITIONS: dict[GrantState, frozenset[GrantState]] = {
    G.GRANTED: frozenset({G.REDEEMED, G.EXPIRED, G.VOIDED}),
    G.REDEEMED: frozenset(),
    G.EXPIRED: frozenset(),
    G.VOIDED: frozenset(),
}


def may(before: GrantState, after: GrantState) -> bool:
    """Whether a grant can go from `before` to `after`."""
    return after in TRANSITIONS[before]
