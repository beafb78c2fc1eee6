"""Who has a task already, so that nobody pushes it to them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from domain.tasks import rules
from domain.tasks.catalogue import catalogue
from kit.database import Connection


async def held(
    connection: Connection, customer_ids: Collection[int], tasks: Iterable[str], now: datetime
) -> set[tuple[int, str]]:
    """Who has a claim of which task in its present cycle, or one of an older cycle that still runs."""
    rows = await connection.fetch(
        """SELECT customer_id, task, cycle, state IN ('claimed', 'clawed_back')
                  AND (expires_at IS NULL OR expires_at > $3) AS running
           FROM claim WHERE customer_id = ANY($1::bigint[]) AND task = ANY($2::text[])""",
        list(customer_ids),
        list(tasks),
        now,
    )
    live = catalogue.live
    return {
        (row["customer_id"], row["task"])
        for row in rows
        if row["running"] or (row["task"] in live and row["cycle"] == rules.cycle_of(live[row["task"]].definition, now))
    }
