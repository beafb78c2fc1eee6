"""Hands recorded facts to those who react to them, in batches, each batch in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from domain.facts import KEPT
from domain.outbox import registry
from kit import clock, database, logging
from kit.database import Connection, Record

log = logging.get("outbox")
BATCH = 200
ATTEMPTS = 12
_CLAIM = """SELECT id, fact, payload, attempts FROM outbox
            WHERE parked_at IS NULL AND available_at <= $1
            ORDER BY available_at, id LIMIT $2 FOR UPDATE SKIP LOCKED"""


async def relay_batch(limit: int = BATCH) -> int:
    """React to up to `limit` due facts of one kind; returns how many left the outbox.

    The reaction and the removal of the fact commit together, so a crash at any point repeats the batch or
    nothing. When a batch fails its facts are tried alone; one that fails alone waits twice as long each time
    and is parked after 12 attempts.
    """
    try:
        return await database.retried(lambda: _whole_batch(limit))
    except Exception as error:
        log.warning("outbox.batch_failed", error=str(error))
    return await _one_by_one(limit)


async def _whole_batch(limit: int) -> int:
    async with database.transaction() as connection:
        rows = await connection.fetch(_CLAIM, clock.now(), limit)
        # One kind at a time: each reaction locks its customers in order, two of them one after the other would not.
        alike = [row for row in rows if row["fact"] == rows[0]["fact"]]
        await _react(connection, alike)
        return len(alike)


async def _one_by_one(limit: int) -> int:
    done = 0
    for _ in range(limit):
        async with database.transaction() as connection:
            rows = await connection.fetch(_CLAIM, clock.now(), 1)
            if not rows:
                break
            try:
                async with database.transaction():
                    await _react(connection, rows)
                done += 1
            except Exception as error:
                await _postpone(connection, rows[0], error)
    return done


async def _react(connection: Connection, alike: Sequence[Record]) -> None:
    if not alike:
        return
    kind = KEPT[alike[0]["fact"]]
    facts = [msgspec.json.decode(row["payload"], type=kind) for row in alike]
    for reaction in registry.later(kind):
        await reaction(connection, facts)
    await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row["id"] for row in alike])


async def _postpone(connection: Connection, row: Record, error: Exception) -> None:
    attempts = row["attempts"] + 1
    parked: datetime | None = clock.now() if attempts >= ATTEMPTS else None
    log.error(
        "outbox.fact_failed",
        fact=row["fact"],
        fact_id=row["id"],
        attempts=attempts,
        parked=bool(parked),
        exc_info=error,
    )
    await connection.execute(
        "UPDATE outbox SET attempts = $2, available_at = $3, parked_at = $4, error = $5 WHERE id = $1",
        row["id"],
        attempts,
        clock.now() + timedelta(seconds=min(2**attempts, 600)),
        parked,
        f"{type(error).__name__}: {error}"[:2000],
    )
