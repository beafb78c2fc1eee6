"""Benefits nobody redeemed in time."""

from domain import customers
from domain.benefits.costs import hold_budgets
from domain.benefits.moves import move
from domain.benefits.states import GrantState
from kit import clock, database

BATCH = 500


async def expire() -> int:
    """Expire up to 500 grants whose validity has ended, and give their cost back; returns how many."""
    now = clock.now()
    async with database.transaction() as connection:
        due = await connection.fetch(
            """SELECT id, customer_id FROM benefit_grant WHERE state = 'granted' AND valid_until <= $1
               ORDER BY valid_until LIMIT $2""",
            now,
            BATCH,
        )
        if not due:
            return 0
        await customers.lock(connection, {row["customer_id"] for row in due})
        await hold_budgets(connection, [row["id"] for row in due])
        still = await connection.fetch(
            """SELECT id FROM benefit_grant WHERE id = ANY($1::bigint[]) AND state = 'granted' AND valid_until <= $2
               ORDER BY id FOR NO KEY UPDATE""",
            [row["id"] for row in due],
            now,
        )
        await move(connection, [row["id"] for row in still], GrantState.EXPIRED, "expired")
    return len(due)
