"""The worker computes the values of tags, set by set."""

from functools import partial
from typing import Any

from domain import operators
from domain.tags import plan
from domain.tags.apply import apply
from domain.tags.catalogue import Tag, catalogue
from domain.tags.plan import TagState, next_due
from domain.tags.wanted import Set
from kit import clock, database, logging
from kit.database import Connection, Record

_BEGINNING = 0x7461_6773  # one worker at a time decides which tag is next
_STATE = ", ".join(TagState.__struct_fields__)
log = logging.get("tags")


async def compute_next() -> int:
    """Take one step: clear a set of an ended tag's values away, compute a set of the tag that is being computed, or
    begin with the one that is due; returns how many steps were taken, 0 when nothing is due.

    Whatever a set changes and the mark behind it are one transaction: killed at any point, a run goes on where it
    committed last. Any number of workers may call it. Locks the tag's row, then the customers whose value changes.
    """
    await catalogue.refresh()
    for step in (_clear, _go_on, _begin):
        if await database.retried(partial(step)):
            return 1
    return 0


async def _clear() -> bool:
    """Values of a tag that neither is live nor paused go away, then its row."""
    async with database.transaction() as connection:
        tag = await connection.fetchval(
            """SELECT tag FROM tag_state s WHERE NOT EXISTS (
                 SELECT FROM configuration c WHERE c.kind = 'tags' AND c.code = s.tag AND c.state IN ('live', 'paused'))
               LIMIT 1 FOR UPDATE SKIP LOCKED"""
        )
        if tag is None:
            return False
        gone = await connection.fetch(
            """DELETE FROM tag_value WHERE tag = $1 AND customer_id IN (
                 SELECT customer_id FROM tag_value WHERE tag = $1 ORDER BY customer_id LIMIT $2) RETURNING 1""",
            tag,
            plan.SET,
        )
        if len(gone) < plan.SET:
            await connection.execute("DELETE FROM tag_state WHERE tag = $1", tag)
            log.info("tag.cleared", tag=tag)
    return True


async def _go_on() -> bool:
    """One set of a run that is under way and no other worker is at."""
    live = list(catalogue.live.values())
    async with database.transaction() as connection:
        run = await connection.fetchrow(
            """SELECT s.tag, s.run_as_of, s.run_after, s.run_covered, s.run_ms FROM tag_state s
               JOIN unnest($1::text[], $2::bigint[]) AS t (tag, version_id)
                 ON s.tag = t.tag AND s.run_version_id = t.version_id
               ORDER BY s.run_as_of LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED""",
            [tag.code for tag in live],
            [tag.version_id for tag in live],
        )
        if run is None:
            return False
        upto = await connection.fetchval(
            "SELECT max(id) FROM (SELECT id FROM customer WHERE id > $1 ORDER BY id LIMIT $2) c",
            run["run_after"],
            plan.SET,
        )
        if upto is None:
            await _finish(connection, run)
        else:
            await _compute(connection, catalogue.live[run["tag"]], run, upto)
    return True


async def _compute(connection: Connection, tag: Tag, run: Record, upto: int) -> None:
    within = await operators.customers_of(connection, tag.branch)
    covered = await apply(connection, tag, Set(run["run_after"], upto, run["run_as_of"], within))
    await _mark(connection, tag.code, run_after=upto, run_covered=run["run_covered"] + covered)


async def _finish(connection: Connection, run: Record) -> None:
    await connection.execute(
        """UPDATE tag_state SET version_id = run_version_id, as_of = run_as_of, covered = run_covered, took_ms = run_ms,
                                run_version_id = NULL, run_as_of = NULL, run_after = NULL, run_covered = 0, run_ms = 0
           WHERE tag = $1""",
        run["tag"],
    )
    log.info("tag.computed", tag=run["tag"], covered=run["run_covered"], ms=run["run_ms"])


async def _begin() -> bool:
    """A run's moment is drawn where no other run can begin: so what was computed of what is known by the moments."""
    async with database.transaction() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _BEGINNING):
            return False
        rows = await connection.fetch(f"SELECT {_STATE} FROM tag_state")
        tag = next_due(catalogue.live, {row["tag"]: TagState(*row) for row in rows}, clock.now())
        if tag is None:
            return False
        await connection.execute(
            """INSERT INTO tag_state (tag, run_version_id, run_as_of, run_after) VALUES ($1, $2, $3, 0)
               ON CONFLICT (tag) DO UPDATE
                 SET run_version_id = $2, run_as_of = $3, run_after = 0, run_covered = 0, run_ms = 0""",
            tag.code,
            tag.version_id,
            clock.now(),
        )
    return True


async def _mark(connection: Connection, tag: str, **columns: Any) -> None:
    took = "run_ms + ceil(1000 * extract(epoch FROM clock_timestamp() - now()))::bigint"
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
    await connection.execute(f"UPDATE tag_state SET {settings}, run_ms = {took} WHERE tag = $1", tag, *columns.values())
