"""Figures follow the books: what changed since they were last counted, set by set."""

from collections.abc import Sequence
from functools import partial

from domain.statistics.counting import count
from domain.statistics.source import SOURCES, Source
from kit import clock, database
from kit.database import Connection

SET = 50_000
_COUNTING = 0x636F_756E  # one worker at a time


async def refresh() -> int:
    """Count what was committed before now; returns how many sources have more to count at once.

    Nothing is missed and nothing counted twice. Numbers are drawn in one order and committed in another, so a row
    below the last number seen may become visible later. Therefore the highest number drawn is read first, and then a
    transaction id is drawn: who drew a number up to there holds the lock of a row and so has an id below. Once no
    transaction below that id runs any more, whatever will ever be visible up to the number is. Only then is it
    counted, together with the new mark. A transaction that stays open makes figures late, never wrong.
    """
    await database.retried(_begin_marks)
    await database.retried(_look_ahead)
    return sum([await database.retried(partial(_count_next, source)) for source in SOURCES])


async def _begin_marks() -> None:
    async with database.transaction() as connection:
        if not await _alone(connection):
            return
        await connection.execute(
            """INSERT INTO counting_mark (source, done) SELECT t.source, 0 FROM unnest($1::text[]) AS t (source)
               WHERE NOT EXISTS (SELECT FROM counting_mark m WHERE m.source = t.source)""",
            [source.name for source in SOURCES],
        )


async def _look_ahead() -> None:
    """Nothing is written before the numbers are read: the id of this transaction has to be younger than they are."""
    async with database.transaction() as connection:
        if not await _alone(connection):
            return
        # A horizon of a transaction that is still to come was restored from another server's dump.
        waiting = await connection.fetch(
            """SELECT source FROM counting_mark WHERE horizon IS NULL
               OR horizon_xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint"""
        )
        await _set_horizons(connection, {row["source"] for row in waiting})


async def _set_horizons(connection: Connection, names: set[str]) -> None:
    waiting = [source for source in SOURCES if source.name in names]
    if not waiting:
        return
    now = clock.now()
    drawn = await _last_numbers(connection, sorted({source.sequence for source in waiting}))
    # Not the end of a snapshot: that is past the last *completed* transaction, and one that runs may be beyond it.
    xid = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
    await connection.execute(
        """UPDATE counting_mark m SET horizon = t.horizon, horizon_xid = $3, horizon_at = $4
           FROM unnest($1::text[], $2::bigint[]) AS t (source, horizon) WHERE m.source = t.source""",
        [source.name for source in waiting],
        [drawn[source.sequence] for source in waiting],
        xid,
        now,
    )


async def _last_numbers(connection: Connection, sequences: Sequence[str]) -> dict[str, int]:
    each = " UNION ALL ".join(
        f"SELECT '{name}' AS name, CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last FROM {name}"
        for name in sequences
    )
    return {row["name"]: row["last"] for row in await connection.fetch(each)}


async def _count_next(source: Source) -> int:
    async with database.transaction() as connection:
        if not await _alone(connection):
            return 0
        mark = await connection.fetchrow(
            """SELECT done, horizon FROM counting_mark WHERE source = $1 AND horizon IS NOT NULL
               AND horizon_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint""",
            source.name,
        )
        if mark is None:
            return 0
        upto, more = await _end_of_set(connection, source, mark["done"], mark["horizon"])
        if upto > mark["done"]:
            await connection.execute(count(source), mark["done"], upto)
        if more:
            await connection.execute("UPDATE counting_mark SET done = $2 WHERE source = $1", source.name, upto)
        else:
            await connection.execute(
                """UPDATE counting_mark SET done = $2, as_of = horizon_at, horizon = NULL, horizon_xid = NULL,
                                            horizon_at = NULL WHERE source = $1""",
                source.name,
                upto,
            )
    return int(more)


async def _end_of_set(connection: Connection, source: Source, done: int, horizon: int) -> tuple[int, bool]:
    """The number the next set ends with, and whether there is more below the horizon."""
    [[last, rows]] = await connection.fetch(
        f"""SELECT max(n), count(*) FROM (SELECT {source.number} AS n FROM {source.table}
            WHERE {source.number} > $1 AND {source.number} <= $2 ORDER BY 1 LIMIT $3) AS t""",
        done,
        horizon,
        SET,
    )
    return (last, True) if rows == SET else (max(done, horizon), False)


async def _alone(connection: Connection) -> bool:
    return bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _COUNTING))
