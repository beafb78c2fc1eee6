"""Files of exports go when their time is over."""

from kit import clock, database

_BATCH = 20


async def expire() -> int:
    """Delete the files whose time is over; what was asked for, by whom, and who had it stays. How many there were."""
    async with database.transaction() as connection:
        rows = await connection.fetch(
            """UPDATE export SET state = 'expired' WHERE id IN (
                 SELECT id FROM export WHERE state = 'ready' AND expires_at <= $1
                 ORDER BY expires_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) RETURNING id""",
            clock.now(),
            _BATCH,
        )
        await connection.execute(
            "DELETE FROM export_piece WHERE export_id = ANY($1::bigint[])", [row["id"] for row in rows]
        )
    return len(rows)
