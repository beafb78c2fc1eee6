"""An operator forgives a debt."""

from domain import customers
from domain.operators import OperatorIdentity, Role, acted, check_role
from domain.rewards.debts import Debt, debt
from kit import clock, database, logging
from kit.errors import Conflict, NotFound

log = logging.get("rewards")


async def write_off(operator: OperatorIdentity, debt_id: int, reason: str) -> Debt:
    """Close an open debt with a reason; what was paid of it stays paid.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (also for another branch's), `Conflict` (`debt.closed`).
    """
    check_role(operator, Role.CHECKER, Role.BUDGET_APPROVER)
    known = await debt(operator, debt_id)
    if known is None:
        raise NotFound("debt.not_found", "没有这笔欠款")
    async with database.transaction() as connection:
        owner = await connection.fetchval("SELECT customer_id FROM debt WHERE id = $1", debt_id)
        await customers.lock(connection, [owner])
        closed = await connection.fetchval(
            """UPDATE debt SET state = 'written_off', closed_at = $2, closed_by = $3, reason = $4
               WHERE id = $1 AND state = 'open' RETURNING id""",
            debt_id,
            clock.now(),
            operator.operator_id,
            reason,
        )
        if closed is None:
            raise Conflict("debt.closed", "这笔欠款已经结清或核销")
        detail = {"customer_no": known.customer_no, "amount_fen": known.amount, "reason": reason}
        await acted(connection, operator, "debt.write_off", f"debts/{debt_id}", detail)
    log.info("debt.written_off", debt_id=debt_id, operator=operator.username)
    written_off = await debt(operator, debt_id)
    assert written_off is not None  # debts are never deleted
    return written_off
