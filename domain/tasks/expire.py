"""Claims whose time is over become expired."""

from domain import customers
from domain.tasks.states import ClaimState
from kit import clock, database, redis

BATCH = 1000


async def expire_due() -> int:
    """Expire up to 1,000 due claims; returns how many. Late events can still complete them for a while."""
    now = clock.now()
    async with database.transaction() as connection:
        due = await connection.fetch(
            """SELECT id, customer_id FROM claim WHERE state = 'claimed' AND expires_at <= $1
               ORDER BY expires_at LIMIT $2""",
            now,
            BATCH,
        )
        if not due:
            return 0
        # Under the customers' locks, as an event batch may be writing the same claims.
        await customers.lock(connection, {row["customer_id"] for row in due})
        rows = await connection.fetch(
            """UPDATE claim SET state = $3, change_no = nextval('change_no')
               WHERE id = ANY($1::bigint[]) AND state = 'claimed' AND expires_at <= $2 RETURNING customer_id""",
            [row["id"] for row in due],
            now,
            str(ClaimState.EXPIRED),
        )
        changed = sorted({row["customer_id"] for row in rows})
        database.after_commit(lambda: redis.publish_changed(changed))
    return len(rows)
