"""Whoever a compensation waits for refuses it."""

from domain import approvals
from domain.approvals import Move
from domain.compensations import rules
from domain.compensations.compensation import Compensation, CompensationState
from domain.compensations.decide import decide
from domain.compensations.queries import read
from domain.operators import OperatorIdentity
from kit import database


async def reject(operator: OperatorIdentity, compensation_id: int, reason: str) -> Compensation:
    """The customer gets nothing, and it counts against no ceiling any more. A checked one is refused by a budget
    approver.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`, `approval.same_approver`), `NotFound`,
    `Conflict` (`compensation.wrong_state`).
    """
    approvals.check_may(operator, Move.REJECT)
    found = await read(operator, compensation_id)
    if found.state not in (CompensationState.SUBMITTED, CompensationState.CHECKED):
        raise rules.wrong_state()
    approvals.check_rejecter(operator, found.state)
    approvals.check_third(operator, found.maker_id, found.checker_id)
    by = "checker_id" if found.state == CompensationState.SUBMITTED else "budget_approver_id"
    who = {by: operator.operator_id, "reject_reason": reason}
    async with database.transaction() as connection:
        return await decide(connection, operator, found, CompensationState.REJECTED, **who)
