"""The loan was disbursed: its coupon is used."""

from domain.coupons.moves import move
from domain.coupons.queries import occupied_by
from domain.coupons.states import CouponState
from kit.database import Connection


async def redeem(connection: Connection, loan_id: int) -> int | None:
    """Use the coupon that `loan_id` occupies; returns its id, None where the loan occupies none (any more).

    The caller holds the customer's lock. Locks the coupon; a repeat changes nothing and returns None.
    """
    coupon_id = await occupied_by(connection, loan_id)
    if coupon_id is not None:
        await move(connection, [coupon_id], CouponState.OCCUPIED, CouponState.USED, "loan.disbursed", loan_id=loan_id)
    return coupon_id
