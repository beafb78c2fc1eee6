"""Take benefits back that nobody has redeemed yet."""

from collections.abc import Collection

import msgspec

from domain.benefits.costs import hold_budgets
from domain.benefits.moves import move
from domain.benefits.states import GrantState
from kit.database import Connection


class NotVoided(msgspec.Struct, frozen=True):
    """A grant that could not be taken back, and the state that kept it."""

    grant_id: int
    state: GrantState


async def void(connection: Connection, grant_ids: Collection[int], reason: str) -> list[NotVoided]:
    """Void those still granted; returns the redeemed and expired ones. A voided one is no failure.

    The code of a voided grant stays with it for ever: nobody else ever gets it; what it cost goes back to the budget.
    The caller holds the customers' locks. Locks the budgets, then the grants in order of id.
    """
    await hold_budgets(connection, grant_ids)
    rows = await connection.fetch(
        "SELECT id, state FROM benefit_grant WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE",
        list(grant_ids),
    )
    found = [(row["id"], GrantState(row["state"])) for row in rows]
    await move(connection, [one for one, state in found if state is GrantState.GRANTED], GrantState.VOIDED, reason)
    kept = {GrantState.REDEEMED, GrantState.EXPIRED}
    return [NotVoided(one, state) for one, state in found if state in kept]
