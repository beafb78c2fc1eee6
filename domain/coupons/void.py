"""Take coupons back that nobody has used yet."""

from collections.abc import Collection

import msgspec

from domain.coupons.costs import hold_budgets
from domain.coupons.moves import move
from domain.coupons.states import CouponState
from kit import clock
from kit.database import Connection


class NotVoided(msgspec.Struct, frozen=True):
    """A coupon that could not be taken back, and the state that kept it."""

    coupon_id: int
    state: CouponState


async def void(
    connection: Connection, coupon_ids: Collection[int], reason: str, *, loans_called_off: bool = False
) -> list[NotVoided]:
    """Void the unused ones of these coupons; returns those that could not be taken back, in order of id.

    An occupied coupon may already have reduced a loan whose outcome we do not know yet: it stays with its loan and is
    returned, but its validity ends now, so that it cannot be used again if the loan comes to nothing. With
    `loans_called_off` the caller knows that the core will not disburse, and it is voided too.
    What they cost goes back to the budget. The caller holds the customers' locks. Locks the budgets, then the coupons
    in order of id; a voided one is no failure.
    """
    await hold_budgets(connection, coupon_ids)
    rows = await connection.fetch(
        "SELECT id, state FROM coupon WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", list(coupon_ids)
    )
    found = [(row["id"], CouponState(row["state"])) for row in rows]
    voidable = {CouponState.UNUSED, CouponState.OCCUPIED} if loans_called_off else {CouponState.UNUSED}
    for before in voidable:
        of_state = [coupon_id for coupon_id, state in found if state == before]
        if of_state:
            await move(connection, of_state, before, CouponState.VOIDED, reason)
    left = [NotVoided(coupon_id, state) for coupon_id, state in found if state not in {*voidable, CouponState.VOIDED}]
    await _end_validity(connection, [one.coupon_id for one in left if one.state == CouponState.OCCUPIED])
    return left


async def _end_validity(connection: Connection, coupon_ids: list[int]) -> None:
    if coupon_ids:
        await connection.execute(
            """UPDATE coupon SET valid_until = least(valid_until, $2), change_no = nextval('change_no')
               WHERE id = ANY($1::bigint[])""",
            coupon_ids,
            clock.now(),
        )
