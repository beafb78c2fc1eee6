"""An operator has seen to a discrepancy."""

from domain.loans.discrepancies import Discrepancy, discrepancy
from domain.operators import OperatorIdentity, Role, acted, check_role
from kit import clock, database, logging
from kit.errors import Conflict, NotFound

log = logging.get("loans")


async def close_discrepancy(operator: OperatorIdentity, discrepancy_id: int, reason: str) -> Discrepancy:
    """Close an open discrepancy with a reason; nothing else changes.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (also for another branch's), `Conflict`
    (`discrepancy.closed`).
    """
    check_role(operator, Role.CHECKER, Role.BUDGET_APPROVER)
    if await discrepancy(operator, discrepancy_id) is None:
        raise NotFound("discrepancy.not_found", "没有这条差异")
    async with database.transaction() as connection:
        closed = await connection.fetchval(
            """UPDATE loan_discrepancy SET state = 'closed', closed_at = $2, closed_by = $3, reason = $4
               WHERE id = $1 AND state = 'open' RETURNING id""",
            discrepancy_id,
            clock.now(),
            operator.operator_id,
            reason,
        )
        if closed is None:
            raise Conflict("discrepancy.closed", "这条差异已经关闭")
        subject = f"loan-discrepancies/{discrepancy_id}"
        await acted(connection, operator, "loan_discrepancy.close", subject, {"reason": reason})
    log.info("loan.discrepancy_closed", discrepancy_id=discrepancy_id, operator=operator.username)
    after = await discrepancy(operator, discrepancy_id)
    assert after is not None  # discrepancies are never deleted
    return after
