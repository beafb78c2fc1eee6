"""Customers are reminded of claims that are about to expire."""

from domain import customers
from domain.tasks.catalogue import catalogue
from domain.tasks.tell import Addressee, tell
from kit import clock, database

BATCH = 500


async def remind_due() -> int:
    """Remind of up to 500 claims whose moment has come; returns how many were looked at.

    Once per claim, late if no worker was there in time, never after it has expired.
    """
    now = clock.now()
    async with database.transaction() as connection:
        due = await connection.fetch(
            """SELECT id, customer_id FROM claim WHERE state = 'claimed' AND remind_at <= $1
               ORDER BY remind_at LIMIT $2""",
            now,
            BATCH,
        )
        if not due:
            return 0
        await customers.lock(connection, {row["customer_id"] for row in due})
        rows = await connection.fetch(
            """UPDATE claim SET remind_at = NULL WHERE id = ANY($1::bigint[]) AND state = 'claimed' AND remind_at <= $2
               RETURNING id, customer_id, version_id, expires_at""",
            [row["id"] for row in due],
            now,
        )
        await catalogue.know(row["version_id"] for row in rows)
        about = [
            Addressee(row["id"], row["customer_id"], catalogue.version(row["version_id"]), row["expires_at"])
            for row in rows
            if row["expires_at"] > now
        ]
        await tell(connection, "expiring", about)
    return len(rows)
