"""Take benefits back that nobody has redeemed yet."""

from collections.abc import Collection

import msgspec

from domain.benefits.costs import hold_budgets
from domain.benefits.moves import move
from domain.benefits.states import GrantState
from kit import clock
from kit.database import Connection

_LAST = """
WITH RECURSIVE chain AS (
  SELECT id AS root, id, substitute_id FROM benefit_grant WHERE id = ANY($1::bigint[])
  UNION ALL
  SELECT c.root, g.id, g.substitute_id FROM chain c JOIN benefit_grant g ON g.id = c.substitute_id)
SELECT root, id FROM chain WHERE substitute_id IS NULL
"""


class NotVoided(msgspec.Struct, frozen=True):
    """A grant that could not be taken back, and the state that kept it: its own, or that of what took its place."""

    grant_id: int
    state: GrantState


async def void(connection: Connection, grant_ids: Collection[int], reason: str) -> list[NotVoided]:
    """Void those still granted, or still being issued; returns the redeemed, redeeming and expired ones. A voided or
    failed one is no failure. Of a grant that was substituted its substitute is voided.

    The code of a voided grant stays with it for ever: nobody else ever gets it; what it cost goes back to the budget.
    The caller holds the customers' locks. Locks the budgets, then the grants in order of id.
    """
    last = {row["id"]: row["root"] for row in await connection.fetch(_LAST, list(grant_ids))}
    await hold_budgets(connection, last)
    rows = await connection.fetch(
        "SELECT id, state FROM benefit_grant WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", list(last)
    )
    found = [(row["id"], GrantState(row["state"])) for row in rows]
    taken = await move(
        connection,
        [one for one, state in found if state in (GrantState.GRANTED, GrantState.ISSUING)],
        GrantState.VOIDED,
        reason,
    )
    await withdraw_requests(connection, taken)
    kept = {GrantState.REDEEMING, GrantState.REDEEMED, GrantState.EXPIRED}
    return [NotVoided(last[one], state) for one, state in found if state in kept]


async def withdraw_requests(connection: Connection, grant_ids: Collection[int]) -> None:
    """Never ask for what no supplier was asked for yet. What was asked for once is asked about until the outcome is
    known: the supplier may have issued it, and the reconciliation has to know.
    """
    if grant_ids:
        await connection.execute(
            """UPDATE supplier_request SET state = 'withdrawn', closed_at = $2
               WHERE grant_id = ANY($1::bigint[]) AND state = 'waiting' AND attempts = 0""",
            list(grant_ids),
            clock.now(),
        )
