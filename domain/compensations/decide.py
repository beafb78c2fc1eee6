"""A compensation goes on, each step once."""

from typing import Any

from domain.compensations import rules
from domain.compensations.compensation import OF, Compensation, CompensationState, compensation_of
from domain.operators import OperatorIdentity, acted
from kit import clock
from kit.database import Connection

_ACTS = {CompensationState.CHECKED: "check", CompensationState.REJECTED: "reject"}


async def decide(
    connection: Connection, operator: OperatorIdentity, before: Compensation, to: CompensationState, **columns: Any
) -> Compensation:
    """Bring a compensation that is still in the state of `before` into `to` and set `columns` with it, on the record.
    Raises `Conflict` (`compensation.wrong_state`).
    """
    decided_at = None if to == CompensationState.CHECKED else clock.now()
    given = {"state": str(to), "decided_at": decided_at, **columns}
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(given, 3))
    decided = await connection.fetchval(
        f"UPDATE compensation SET {settings} WHERE id = $1 AND state = $2 RETURNING id",
        before.id,
        str(before.state),
        *given.values(),
    )
    if decided is None:
        raise rules.wrong_state()
    [row] = await connection.fetch(f"{OF} WHERE m.id = $1", before.id)
    found = compensation_of(row)
    detail = {
        "customer_no": found.customer_no,
        "content_hash": found.content_hash,
        "reject_reason": found.reject_reason,
        "cost_fen": found.cost_fen,
    }
    granting = "approve" if found.budget_approver_id is None else "approve_budget"
    act = _ACTS.get(to, granting)
    await acted(connection, operator, f"compensation.{act}", f"compensations/{found.id}", detail)
    return found
