"""The third pair of eyes, above the limit: the customer gets it."""

from domain import approvals, customers
from domain.approvals import Move
from domain.compensations.compensation import Compensation, CompensationState
from domain.compensations.grant import grant
from domain.compensations.queries import read_to_approve
from domain.operators import OperatorIdentity
from kit import database


async def approve_budget(
    operator: OperatorIdentity, compensation_id: int, approved_hash: str | None = None
) -> Compensation:
    """Grant a checked compensation, once; what cannot be granted stays checked. Locks as `approve` does.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`, `approval.same_approver`), `NotFound`,
    `Conflict` (`compensation.wrong_state`, `approval.content_changed`, or why there is no coupon or benefit).
    """
    approvals.check_may(operator, Move.APPROVE_BUDGET)
    found = await read_to_approve(operator, compensation_id, CompensationState.CHECKED, approved_hash)
    approvals.check_third(operator, found.maker_id, found.checker_id)
    async with database.transaction() as connection:
        await customers.lock(connection, [found.customer_id])
        return await grant(connection, operator, found, budget_approver_id=operator.operator_id)
