"""Offers of tasks that can no longer be claimed are over."""

from domain import approvals, customers
from kit import clock, database, redis

BATCH = 1000
_OVER = """SELECT code FROM configuration WHERE kind = 'tasks' GROUP BY code
           HAVING NOT bool_or(state IN ('live', 'paused')
                              AND ((body -> 'claim' ->> 'until') IS NULL
                                   OR (body -> 'claim' ->> 'until')::timestamptz > $1))"""


async def expire_offers() -> int:
    """Close up to 1,000 open offers of tasks that ended or whose claiming is over; returns how many. One of a paused
    task waits. Run by the worker.
    """
    now = clock.now()
    async with database.transaction() as connection:
        due = await connection.fetch(
            f"SELECT id, customer_id FROM task_offer WHERE state = 'open' AND task IN ({_OVER}) ORDER BY id LIMIT $2",
            now,
            BATCH,
        )
        if not due:
            return 0
        await customers.lock(connection, {row["customer_id"] for row in due})
        await approvals.share_live_set(connection)  # a task may have gone live anew meanwhile
        rows = await connection.fetch(
            f"""UPDATE task_offer SET state = 'expired', closed_at = $1, change_no = nextval('change_no')
                WHERE id = ANY($2::bigint[]) AND state = 'open' AND task IN ({_OVER}) RETURNING customer_id""",
            now,
            [row["id"] for row in due],
        )
        changed = sorted({row["customer_id"] for row in rows})
        database.after_commit(lambda: redis.publish_changed(changed))
    return len(rows)
