"""The loan was disbursed: its coupons are used."""

from collections.abc import Collection

from domain.coupons.moves import move
from domain.coupons.queries import occupied_by
from domain.coupons.states import CouponState
from kit.database import Connection


async def redeem(connection: Connection, loan_id: int, coupon_ids: Collection[int] | None = None) -> list[int]:
    """Use the coupons that `loan_id` occupies, or those of them in `coupon_ids`; returns their ids.

    The caller holds the customer's lock. Locks the coupons; a repeat changes nothing and returns none.
    """
    found = [one for one in await occupied_by(connection, loan_id) if coupon_ids is None or one in coupon_ids]
    if found:
        await move(connection, found, CouponState.OCCUPIED, CouponState.USED, "loan.disbursed", loan_id=loan_id)
    return found
