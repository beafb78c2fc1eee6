"""A coupon that was in a loan when its reward was taken back: what becomes of it is known when the loan is decided."""

from collections.abc import Collection, Sequence

from domain import coupons, customers
from domain.facts import CouponReleased, CouponUsed
from domain.rewards.debts import forgive, owe
from kit.database import Connection, Record

_TAKEN = """SELECT id, customer_id, coupon_id FROM reward_grant
            WHERE coupon_id = ANY($1::bigint[]) AND state = 'clawed_back'"""


async def note_used(connection: Connection, facts: Sequence[CouponUsed]) -> None:
    """It was used after all: its cost is owed. Idempotent; coupons whose reward stands are none of our business."""
    taken = await _taken(connection, [fact.coupon_id for fact in facts])
    await owe(connection, [row["id"] for row in taken])


async def take_released(connection: Connection, facts: Sequence[CouponReleased]) -> None:
    """It is back in the wallet: taken out of it now, and what was owed because it had been used is owed no more.
    Idempotent.
    """
    taken = await _taken(connection, [fact.coupon_id for fact in facts])
    if taken:
        await coupons.void(connection, [row["coupon_id"] for row in taken], "clawback")
        await forgive(connection, [row["id"] for row in taken], "the loan of the coupon was cancelled")


async def _taken(connection: Connection, coupon_ids: Collection[int]) -> list[Record]:
    found = await connection.fetch(_TAKEN, list(coupon_ids))
    await customers.lock(connection, {row["customer_id"] for row in found})
    return found
