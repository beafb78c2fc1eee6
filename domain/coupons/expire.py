"""Coupons nobody used in time."""

from datetime import datetime

from domain.coupons.costs import hold_budgets
from domain.coupons.moves import move
from domain.coupons.states import CouponState
from kit import database

BATCH = 500


async def expire(now: datetime, limit: int = BATCH) -> int:
    """Expire up to `limit` unused coupons whose validity has ended, in one transaction; returns how many. Their cost
    goes back to the budgets.

    Waits for no customer: those in whose wallets something is going on are left to the next run.
    """
    async with database.transaction() as connection:
        free = await connection.fetch(
            """SELECT id FROM customer WHERE id IN (
                 SELECT customer_id FROM (
                   SELECT customer_id FROM coupon WHERE state = 'unused' AND valid_until <= $1
                   ORDER BY valid_until LIMIT $2) AS due)
               ORDER BY id FOR NO KEY UPDATE SKIP LOCKED""",
            now,
            limit,
        )
        # Their customers' rows are ours: nobody moves these coupons meanwhile.
        due = await connection.fetch(
            """SELECT id FROM coupon WHERE customer_id = ANY($1::bigint[]) AND state = 'unused' AND valid_until <= $2
               ORDER BY id LIMIT $3""",
            [row["id"] for row in free],
            now,
            limit,
        )
        coupon_ids = [row["id"] for row in due]
        if coupon_ids:
            await hold_budgets(connection, coupon_ids)
            await move(connection, coupon_ids, CouponState.UNUSED, CouponState.EXPIRED, "coupon.expired")
        return len(coupon_ids)
