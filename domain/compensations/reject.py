"""A checker refuses a compensation."""

from domain import approvals
from domain.approvals import Move
from domain.compensations.compensation import Compensation, CompensationState
from domain.compensations.decide import decide
from domain.compensations.queries import read
from domain.operators import OperatorIdentity
from kit import database


async def reject(operator: OperatorIdentity, compensation_id: int, reason: str) -> Compensation:
    """The customer gets nothing, and it counts against no ceiling any more.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`), `NotFound`, `Conflict`
    (`compensation.wrong_state`).
    """
    approvals.check_may(operator, Move.REJECT)
    found = await read(operator, compensation_id)
    approvals.check_checker(operator, found.maker_id)
    async with database.transaction() as connection:
        return await decide(connection, operator, found.id, CompensationState.REJECTED, reason)
