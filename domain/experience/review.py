"""Periods that have ended are judged: levels renewed, or fallen from."""

from domain import approvals, customers
from domain.experience import accounts, rules
from domain.experience.catalogue import catalogue
from kit import clock, database, redis

BATCH = 500


async def review() -> int:
    """Judge up to 500 accounts whose period has ended; returns how many. Of several missed periods each is judged, in
    order. Whoever earns before the job comes by is judged then: it makes no difference.
    """
    now = clock.now()
    async with database.transaction() as connection:
        due = await connection.fetch(
            "SELECT customer_id FROM experience_account WHERE level_until <= $1 ORDER BY level_until LIMIT $2",
            now,
            BATCH,
        )
        if not due:
            return 0
        ids = sorted(row["customer_id"] for row in due)
        await customers.lock(connection, ids)
        await catalogue.follow(await approvals.share_live_set(connection))
        table = catalogue.in_force.table
        held = await accounts.lock(connection, ids, now)
        judged = {customer_id: rules.turned(table, account, now) for customer_id, account in held.items()}
        await accounts.store(
            connection,
            table,
            {customer_id: account for customer_id, (account, _) in judged.items()},
            {customer_id: moves for customer_id, (_, moves) in judged.items()},
            now,
        )
        database.after_commit(lambda: redis.publish_changed(ids))
    return len(due)
