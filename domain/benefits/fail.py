"""What its supplier will not issue comes to nothing."""

from collections.abc import Mapping

from domain import outbox
from domain.benefits.costs import hold_budgets
from domain.benefits.moves import move
from domain.benefits.states import GrantState
from domain.facts import BenefitFailed
from kit.database import Connection

_FAILED = """
WITH RECURSIVE root AS (
  SELECT id, id AS first FROM benefit_grant WHERE id = ANY($1::bigint[])
  UNION ALL
  SELECT r.id, p.id FROM root r JOIN benefit_grant p ON p.substitute_id = r.first)
SELECT g.id, g.customer_id, g.benefit, f.source FROM benefit_grant g JOIN root r ON r.id = g.id
JOIN benefit_grant f ON f.id = r.first
WHERE NOT EXISTS (SELECT FROM benefit_grant p WHERE p.substitute_id = f.id) ORDER BY g.id
"""


async def fail(connection: Connection, reasons: Mapping[int, str]) -> None:
    """Fail these grants, each for its reason, give their cost and their places in the stock back, and record
    `BenefitFailed` of each.

    Where one had taken another's place, the fact names what the first was granted for. Idempotent: only what is being
    issued fails. The caller holds the customers' locks. Locks the budgets, the grants, then the counters in order of
    code.
    """
    await hold_budgets(connection, reasons)
    failed: list[int] = []
    for reason in sorted(set(reasons.values())):
        mine = [grant_id for grant_id, why in reasons.items() if why == reason]
        failed += await move(connection, mine, GrantState.FAILED, reason)
    if not failed:
        return
    rows = await connection.fetch(_FAILED, failed)
    await connection.fetch(
        "SELECT FROM benefit_stock WHERE benefit = ANY($1::text[]) ORDER BY benefit FOR NO KEY UPDATE",
        sorted({row["benefit"] for row in rows}),
    )
    await connection.execute(
        """UPDATE benefit_stock s SET issued = s.issued - t.number
           FROM (SELECT benefit, count(*) AS number FROM unnest($1::text[]) AS t (benefit) GROUP BY 1) t
           WHERE t.benefit = s.benefit""",
        [row["benefit"] for row in rows],
    )
    await outbox.record(
        connection, [BenefitFailed(row["id"], row["customer_id"], row["source"], reasons[row["id"]]) for row in rows]
    )
