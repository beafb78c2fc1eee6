"""The worker writes the files customers asked for."""

import msgspec

from domain import customers
from domain.personal_data.collect import collect
from domain.personal_data.exports import KEPT, vault
from kit import clock, database


async def make_exports() -> int:
    """Write the oldest file that waits; returns 1, or 0 where none does. Run by the worker."""
    waiting = await database.fetchrow(
        "SELECT id, customer_id FROM data_export WHERE state = 'waiting' ORDER BY id LIMIT 1"
    )
    if waiting is None:
        return 0
    async with database.transaction() as connection:
        # Nothing of theirs changes while it is read.
        await customers.lock(connection, [waiting["customer_id"]])
        text = msgspec.json.format(msgspec.json.encode(await collect(connection, waiting["customer_id"])), indent=2)
        now = clock.now()
        await connection.execute(
            """UPDATE data_export SET state = 'ready', sealed = $2, bytes = $3, ready_at = $4, expires_at = $5
               WHERE id = $1 AND state = 'waiting'""",
            waiting["id"],
            vault().seal(text.decode()),
            len(text),
            now,
            now + KEPT,
        )
    return 1
