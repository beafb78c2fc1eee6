"""Runs whose time has come go on, in sets."""

from collections.abc import Sequence
from datetime import timedelta

from domain import approvals
from domain.journeys import book
from domain.journeys.catalogue import catalogue
from domain.journeys.walk import walk
from kit import clock, database, logging
from kit.database import Connection

log = logging.get("journeys")
BATCH = 1_000
AGAIN = timedelta(minutes=10)
# Nobody is waited for. More are looked at than are taken: the first may all be another worker's.
_DUE = """SELECT r.id FROM unnest($1::text[]) AS j (journey)
          CROSS JOIN LATERAL (
            SELECT id, customer_id, due_at FROM journey_run
            WHERE state = 'active' AND journey = j.journey AND due_at <= $2 ORDER BY due_at LIMIT 5 * $3) r
          JOIN customer c ON c.id = r.customer_id
          ORDER BY r.due_at LIMIT $3 FOR NO KEY UPDATE OF c SKIP LOCKED"""


async def work_due(limit: int = BATCH) -> int:
    """Lead the runs of live journeys whose time has come through their steps, at most `limit`; returns how many. Run by
    the worker, in any number of processes: customers another one holds are passed over.

    What is given and the run's step commit together, so a crash at any point repeats the whole or nothing. Where a
    batch fails its runs are tried alone; one that fails alone is tried again in ten minutes.
    """
    await catalogue.refresh()
    if not catalogue.live:
        return 0
    try:
        return await database.retried(lambda: _batch(limit))
    except Exception as error:
        log.warning("journeys.batch_failed", error=str(error))
    return await _one_by_one(limit)


async def _batch(limit: int) -> int:
    async with database.transaction() as connection:
        return await _work(connection, await _take(connection, limit))


async def _take(connection: Connection, limit: int) -> list[int]:
    rows = await connection.fetch(_DUE, sorted(catalogue.live), clock.now(), limit)
    return [row["id"] for row in rows]


async def _work(connection: Connection, run_ids: Sequence[int]) -> int:
    """Through the steps with those that are still due, now that their customers are ours."""
    await catalogue.follow(await approvals.share_live_set(connection))
    now = clock.now()
    runs = [
        run for run in await book.load(connection, run_ids) if run.ready(now) and run.version.code in catalogue.live
    ]
    await walk(connection, runs, now)
    await book.store(connection, runs, now)
    return len(runs)


async def _one_by_one(limit: int) -> int:
    done = 0
    for _ in range(limit):
        async with database.transaction() as connection:
            taken = await _take(connection, 1)
            if not taken:
                break
            try:
                async with database.transaction():
                    done += await _work(connection, taken)
            except Exception as error:
                log.error("journeys.run_failed", run=taken[0], exc_info=error)
                await connection.execute(
                    "UPDATE journey_run SET due_at = $2 WHERE id = ANY($1::bigint[])", taken, clock.now() + AGAIN
                )
    return done
