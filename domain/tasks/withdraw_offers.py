"""Offers whose completion was lost before they were taken up are withdrawn; what was claimed already stays."""

from collections.abc import Sequence

from domain import customers
from domain.facts import CompletionLost
from kit import clock, database, redis
from kit.database import Connection


async def withdraw_offers(connection: Connection, facts: Sequence[CompletionLost]) -> None:
    """Close what is open on these completions. Locks the customers; idempotent."""
    await customers.lock(connection, {fact.customer_id for fact in facts})
    rows = await connection.fetch(
        """UPDATE task_offer o SET state = 'withdrawn', closed_at = $3, change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::smallint[]) AS t (claim_id, round)
           WHERE o.from_claim_id = t.claim_id AND o.round = t.round AND o.state = 'open'
           RETURNING o.customer_id""",
        [fact.claim_id for fact in facts],
        [fact.round for fact in facts],
        clock.now(),
    )
    changed = sorted({row["customer_id"] for row in rows})
    database.after_commit(lambda: redis.publish_changed(changed))
