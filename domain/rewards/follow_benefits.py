"""A reward that its supplier would not issue after all has failed."""

from collections.abc import Sequence

from domain import customers
from domain.facts import BenefitFailed
from kit.database import Connection


async def note_failed(connection: Connection, facts: Sequence[BenefitFailed]) -> None:
    """Say so of the rewards and gifts these benefits were; what was taken back stays taken back. Idempotent."""
    await customers.lock(connection, {fact.customer_id for fact in facts})
    for table, prefix, change in (
        ("reward_grant", "grant:", ", change_no = nextval('change_no')"),
        ("level_gift", "gift:", ""),
    ):
        mine = [fact for fact in facts if fact.source.startswith(prefix)]
        await connection.execute(
            f"""UPDATE {table} SET state = 'failed', failure = t.reason{change}
                FROM unnest($1::bigint[], $2::text[]) AS t (id, reason)
                WHERE {table}.id = t.id AND {table}.state = 'granted'""",
            [int(fact.source.removeprefix(prefix)) for fact in mine],
            [fact.reason for fact in mine],
        )
