"""The loan came to nothing: its coupons go back to the wallet."""

from domain.coupons.moves import move
from domain.coupons.queries import occupied_by
from domain.coupons.states import CouponState
from kit.database import Connection


async def release(connection: Connection, loan_id: int, reason: str) -> list[int]:
    """Free the coupons that `loan_id` occupies; returns their ids, none where the loan occupies none (any more).

    The caller holds the customer's lock. Locks the coupons; a repeat changes nothing. One whose validity ended
    meanwhile expires next.
    """
    found = await occupied_by(connection, loan_id)
    if found:
        await move(connection, found, CouponState.OCCUPIED, CouponState.UNUSED, reason)
    return found
