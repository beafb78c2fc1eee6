"""The loan came to nothing: its coupon goes back to the wallet."""

from domain.coupons.moves import move
from domain.coupons.queries import occupied_by
from domain.coupons.states import CouponState
from kit.database import Connection


async def release(connection: Connection, loan_id: int, reason: str) -> int | None:
    """Free the coupon that `loan_id` occupies; returns its id, None where the loan occupies none (any more).

    The caller holds the customer's lock. Locks the coupon; a repeat changes nothing and returns None. One whose
    validity ended meanwhile expires next.
    """
    coupon_id = await occupied_by(connection, loan_id)
    if coupon_id is not None:
        await move(connection, [coupon_id], CouponState.OCCUPIED, CouponState.UNUSED, reason)
    return coupon_id
