"""Facts nobody could react to, and another try."""

from datetime import datetime
from typing import Any

import msgspec

from domain.outbox.record import WAKE_RELAY
from kit import clock, database


class ParkedFact(msgspec.Struct, frozen=True):
    """A fact that kept failing, with the last error."""

    id: int
    fact: str
    payload: dict[str, Any]
    attempts: int
    error: str | None
    created_at: datetime
    parked_at: datetime


async def parked(before: int | None, limit: int) -> list[ParkedFact]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        """SELECT id, fact, payload, attempts, error, created_at, parked_at FROM outbox
           WHERE parked_at IS NOT NULL AND ($1::bigint IS NULL OR id < $1) ORDER BY id DESC LIMIT $2""",
        before,
        limit,
    )
    return [ParkedFact(row[0], row[1], msgspec.json.decode(row[2]), *row[3:]) for row in rows]


async def retry(fact_id: int) -> bool:
    """Hand a parked fact to the relay once more; False where there is none."""
    async with database.transaction() as connection:
        found = await connection.fetchval(
            """UPDATE outbox SET parked_at = NULL, attempts = 0, available_at = $2
               WHERE id = $1 AND parked_at IS NOT NULL RETURNING id""",
            fact_id,
            clock.now(),
        )
        await connection.execute("SELECT pg_notify($1, '')", WAKE_RELAY)
    return found is not None
