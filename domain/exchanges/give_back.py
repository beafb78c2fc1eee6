"""The benefit came to nothing: what was paid for it comes back."""

from collections.abc import Sequence

from domain import benefits, customers, experience
from domain.experience import Spending
from domain.facts import BenefitFailed
from kit import clock, database, redis
from kit.database import Connection

_PREFIX = "exchange:"


async def give_back(connection: Connection, facts: Sequence[BenefitFailed]) -> None:
    """Return the experience of exchanges whose benefit failed. Idempotent: an exchange is returned once."""
    sources = [fact.source for fact in facts if fact.source.startswith(_PREFIX)]
    if not sources:
        return
    await customers.lock(connection, {fact.customer_id for fact in facts})
    returned = await connection.fetch(
        """UPDATE exchange e SET state = 'returned', returned_at = $2 FROM benefit_grant g
           WHERE g.id = e.grant_id AND g.source = ANY($1::text[]) AND e.state = 'made'
           RETURNING e.id, e.customer_id, e.experience, e.benefit""",
        sources,
        clock.now(),
    )
    await experience.give_back(
        connection,
        [
            Spending(
                row["customer_id"],
                row["experience"],
                f"exchange-return:{row['id']}",
                f"兑换未成功，退回：{benefits.benefit_name(row['benefit'])}"[:64],
            )
            for row in returned
        ],
    )
    changed = sorted({row["customer_id"] for row in returned})
    database.after_commit(lambda: redis.publish_changed(changed))
