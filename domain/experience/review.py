"""Periods that have ended are judged: levels renewed, or fallen from."""

from collections.abc import Sequence
from datetime import datetime

from domain import approvals, customers
from domain.experience import accounts, rules
from domain.experience.catalogue import catalogue
from domain.experience.definition import LevelTable
from kit import clock, database, redis
from kit.database import Connection

BATCH = 500


async def review() -> int:
    """Judge up to 500 accounts whose period has ended; returns how many. Of several missed periods each is judged, in
    order. Whoever earns before the job comes by is judged then: it makes no difference.
    """
    now = clock.now()
    async with database.transaction() as connection:
        due = await _due(connection, now)
        if due:
            await customers.lock(connection, due)
            await catalogue.follow(await approvals.share_live_set(connection))
            await _judge(connection, catalogue.in_force.table, due, now)
    return len(due)


async def judge_all(connection: Connection, table: LevelTable) -> None:
    """Judge every account whose period has ended by `table`. The caller holds the live set: nobody earns meanwhile."""
    now = clock.now()
    while due := await _due(connection, now):
        await _judge(connection, table, due, now)


async def _due(connection: Connection, now: datetime) -> list[int]:
    rows = await connection.fetch(
        "SELECT customer_id FROM experience_account WHERE level_until <= $1 ORDER BY level_until LIMIT $2", now, BATCH
    )
    return sorted(row["customer_id"] for row in rows)


async def _judge(connection: Connection, table: LevelTable, customer_ids: Sequence[int], now: datetime) -> None:
    held = await accounts.lock(connection, customer_ids, now)
    # Somebody else may have judged some of them before we had their locks.
    judged = {who: rules.turned(table, one, now) for who, one in held.items() if one.ends and one.ends <= now}
    await accounts.store(
        connection,
        table,
        {who: account for who, (account, _) in judged.items()},
        {who: moves for who, (_, moves) in judged.items()},
        now,
    )
    database.after_commit(lambda: redis.publish_changed(list(judged)))
