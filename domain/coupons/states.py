"""The life of a coupon. Pure."""

from enum import StrEnum


class CouponState(StrEnum):
    """Where a coupon is; a used one comes back only when its loan is cancelled, with its accounting entry reversed."""

    UNUSED = "unused"
    OCCUPIED = "occupied"
    USED = "used"
    EXPIRED = "expired"
    VOIDED = "voided"


MOVES: dict[CouponState, frozenset[CouponState]] = {
    CouponState.UNUSED: frozenset({CouponState.OCCUPIED, CouponState.EXPIRED, CouponState.VOIDED}),
    CouponState.OCCUPIED: frozenset({CouponState.USED, CouponState.UNUSED, CouponState.VOIDED}),
    CouponState.USED: frozenset({CouponState.UNUSED, CouponState.VOIDED}),
    CouponState.EXPIRED: frozenset(),
    CouponState.VOIDED: frozenset(),
}


def may(before: CouponState, after: CouponState) -> bool:
    """Whether a coupon can go from `before` to `after`."""
    return after in MOVES[before]
