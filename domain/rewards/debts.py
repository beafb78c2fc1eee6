"""What was used before it could be taken back: one debt for each grant, with the policy of its task."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from domain.operators import OperatorIdentity
from kit import clock, database
from kit.database import Connection

FORGIVEN = "written off by the policy of the task"


class Debt(msgspec.Struct, frozen=True):
    """Amounts in fen; `settled` is what withheld rewards have paid."""

    id: int
    customer_no: str | None
    task: str
    kind: str
    target: str | None
    amount: int
    settled: int
    policy: str
    state: str
    created_at: datetime
    closed_at: datetime | None
    reason: str | None


async def owe(connection: Connection, grant_ids: Collection[int]) -> None:
    """Write down the cost of each of these clawed-back grants; one that is written down already stays as it is.

    What cost nothing is settled at once, and so is what the task's policy forgives.
    """
    if not grant_ids:
        return
    await connection.execute(
        """INSERT INTO debt (grant_id, customer_id, kind, amount, policy, state, settled, created_at, closed_at, reason)
           SELECT g.id, g.customer_id, g.kind, g.cost_fen, p.policy,
                  CASE WHEN g.cost_fen = 0 THEN 'settled'
                       WHEN p.policy = 'write_off' THEN 'written_off' ELSE 'open' END,
                  0, $2::timestamptz,
                  CASE WHEN g.cost_fen = 0 OR p.policy = 'write_off' THEN $2 END,
                  CASE WHEN g.cost_fen > 0 AND p.policy = 'write_off' THEN $3 END
           FROM reward_grant g JOIN claim c ON c.id = g.claim_id JOIN configuration v ON v.id = c.version_id
           CROSS JOIN LATERAL (SELECT coalesce(v.body #>> '{clawback,used}', 'report')) AS p (policy)
           WHERE g.id = ANY($1::bigint[]) AND g.state = 'clawed_back' ORDER BY g.id
           ON CONFLICT (grant_id) DO NOTHING""",
        list(grant_ids),
        clock.now(),
        FORGIVEN,
    )


async def forgive(connection: Connection, grant_ids: Collection[int], reason: str) -> None:
    """Write off what is open of these grants' debts; what was paid of it stays paid. The caller holds the customers'
    locks.
    """
    await connection.execute(
        """UPDATE debt SET state = 'written_off', closed_at = $2, reason = $3
           WHERE grant_id = ANY($1::bigint[]) AND state = 'open'""",
        list(grant_ids),
        clock.now(),
        reason,
    )


_LIST = """
SELECT d.id, c.customer_no, k.task, d.kind, g.target, d.amount, d.settled, d.policy, d.state, d.created_at, d.closed_at,
       d.reason
FROM debt d JOIN customer c ON c.id = d.customer_id JOIN reward_grant g ON g.id = d.grant_id
JOIN claim k ON k.id = g.claim_id
WHERE ($1::text[] IS NULL OR c.branch = ANY($1)) AND ($2::text IS NULL OR d.state = $2)
  AND ($3::bigint IS NULL OR d.id < $3)
"""


async def debts(
    operator: OperatorIdentity, *, state: str | None, before: int | None, limit: int, customer_id: int | None = None
) -> list[Debt]:
    """Of the customers of the operator's branch, or of one of them, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"{_LIST} AND ($5::bigint IS NULL OR d.customer_id = $5) ORDER BY d.id DESC LIMIT $4",
        operator.within,
        state,
        before,
        limit,
        customer_id,
    )
    return [Debt(*row) for row in rows]


async def debt(operator: OperatorIdentity, debt_id: int) -> Debt | None:
    """One of them."""
    row = await database.fetchrow(f"{_LIST} AND d.id = $4", operator.within, None, None, debt_id)
    return Debt(*row) if row else None
