"""The loan was cancelled after it was disbursed, as if it had never been: what becomes of its used coupons."""

from collections.abc import Collection

from domain.coupons.moves import move
from domain.coupons.queries import used_by
from domain.coupons.states import CouponState
from kit.database import Connection


async def give_back(connection: Connection, loan_id: int, reason: str) -> list[int]:
    """Each coupon `loan_id` used goes where its template's `use.cancelled` says: `return` to the wallet (where it
    expires next if its validity has ended), or `forfeit`, voided. Returns those that are used no more.

    The caller holds the customer's lock, and has the entries in the core's books reversed in the same transaction.
    Locks the coupons; a repeat changes nothing and returns none.
    """
    used = await used_by(connection, loan_id)
    returned = [one.id for one in used if one.template.definition.use.cancelled == "return"]
    await _move(connection, returned, CouponState.UNUSED, reason)
    await _move(connection, {one.id for one in used} - set(returned), CouponState.VOIDED, reason)
    return [one.id for one in used]


async def _move(connection: Connection, coupon_ids: Collection[int], after: CouponState, reason: str) -> None:
    if coupon_ids:
        await move(connection, sorted(coupon_ids), CouponState.USED, after, reason)
