"""The second pair of eyes: the customer gets it, or it waits for the third pair."""

from domain import approvals, customers
from domain.approvals import Move
from domain.compensations.compensation import Compensation, CompensationState
from domain.compensations.decide import decide
from domain.compensations.grant import grant
from domain.compensations.queries import read_to_approve
from domain.operators import OperatorIdentity
from kit import database


async def approve(operator: OperatorIdentity, compensation_id: int, approved_hash: str | None = None) -> Compensation:
    """Grant a submitted compensation, once. One that costs more than the limit is `checked` instead and waits for a
    budget approver. What cannot be granted (no stock, a cap) changes nothing and stays submitted; `approved_hash` is
    the content the checker has read.

    Locks the customer, then the compensation, then what granting locks. Raises `Forbidden` (`operator.missing_role`,
    `approval.maker_is_checker`), `NotFound`, `Conflict` (`compensation.wrong_state`, `approval.content_changed`, or
    why there is no coupon or benefit).
    """
    approvals.check_may(operator, Move.APPROVE)
    found = await read_to_approve(operator, compensation_id, CompensationState.SUBMITTED, approved_hash)
    approvals.check_checker(operator, found.maker_id)
    agreed = {"checker_id": operator.operator_id}
    async with database.transaction() as connection:
        await customers.lock(connection, [found.customer_id])
        if await approvals.costs_much(found.cost_fen):
            return await decide(connection, operator, found, CompensationState.CHECKED, **agreed, over_limit=True)
        return await grant(connection, operator, found, **agreed)
