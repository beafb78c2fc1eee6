"""A compensation is decided, once."""

from domain.compensations import rules
from domain.compensations.compensation import OF, Compensation, CompensationState, compensation_of
from domain.operators import OperatorIdentity, acted
from kit import clock
from kit.database import Connection


async def decide(
    connection: Connection,
    operator: OperatorIdentity,
    compensation_id: int,
    state: CompensationState,
    reject_reason: str | None = None,
) -> Compensation:
    """Bring a submitted compensation into `state`, on the record. Raises `Conflict` (`compensation.wrong_state`)."""
    decided = await connection.fetchval(
        """UPDATE compensation SET state = $2, checker_id = $3, reject_reason = $4, decided_at = $5
           WHERE id = $1 AND state = 'submitted' RETURNING id""",
        compensation_id,
        str(state),
        operator.operator_id,
        reject_reason,
        clock.now(),
    )
    if decided is None:
        raise rules.wrong_state()
    [row] = await connection.fetch(f"{OF} WHERE m.id = $1", compensation_id)
    found = compensation_of(row)
    detail = {"customer_no": found.customer_no, "content_hash": found.content_hash, "reject_reason": reject_reason}
    act = "approve" if state == CompensationState.GRANTED else "reject"
    await acted(connection, operator, f"compensation.{act}", f"compensations/{compensation_id}", detail)
    return found
