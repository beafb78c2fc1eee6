"""What one customer owes, as they may see it themselves."""

from datetime import datetime

import msgspec

from kit import database


class OwnDebt(msgspec.Struct, frozen=True):
    """Amounts in fen. `task` is its name; what was forgiven has the state `written_off`."""

    id: int
    task: str
    kind: str
    target: str | None
    amount: int
    settled: int
    policy: str
    state: str
    created_at: datetime
    closed_at: datetime | None


async def owed(customer_id: int, before: int | None, limit: int) -> list[OwnDebt]:
    """Newest first, from below the id `before`; what cost nothing is not owed and left out."""
    rows = await database.fetch(
        """SELECT d.id, v.body ->> 'name', d.kind, g.target, d.amount, d.settled, d.policy, d.state, d.created_at,
                  d.closed_at
           FROM debt d JOIN reward_grant g ON g.id = d.grant_id JOIN claim c ON c.id = g.claim_id
           JOIN configuration v ON v.id = c.version_id
           WHERE d.customer_id = $1 AND ($2::bigint IS NULL OR d.id < $2) AND d.amount > 0
           ORDER BY d.id DESC LIMIT $3""",
        customer_id,
        before,
        limit,
    )
    return [OwnDebt(*row) for row in rows]
