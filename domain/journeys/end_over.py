"""Runs of journeys that were ended are over."""

from domain import approvals
from domain.journeys import book
from domain.journeys.catalogue import catalogue
from domain.journeys.states import JOURNEY_ENDED
from kit import clock, database

BATCH = 1_000
_OVER = """SELECT r.id FROM (
             SELECT code FROM configuration WHERE kind = 'journeys' GROUP BY code
             HAVING NOT bool_or(state IN ('live', 'paused'))) j
           CROSS JOIN LATERAL (
             SELECT id, customer_id FROM journey_run WHERE state = 'active' AND journey = j.code LIMIT $1) r
           JOIN customer c ON c.id = r.customer_id
           LIMIT $1 FOR NO KEY UPDATE OF c SKIP LOCKED"""


async def end_over() -> int:
    """End up to 1,000 runs of journeys that are neither live nor paused any more; returns how many. Run by the worker;
    customers another transaction holds are passed over.
    """
    async with database.transaction() as connection:
        rows = await connection.fetch(_OVER, BATCH)
        if not rows:
            return 0
        await catalogue.follow(await approvals.share_live_set(connection))  # it may have gone live anew meanwhile
        runs = await book.load(connection, [row["id"] for row in rows])
        runs = [run for run in runs if run.version.code not in catalogue.standing]
        for run in runs:
            run.stop(JOURNEY_ENDED)
        await book.store(connection, runs, clock.now())
    return len(runs)
