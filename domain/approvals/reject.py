"""A checker sends a submitted version back."""

from domain.approvals import rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity
from kit import database


async def reject(kind: Kind, code: str, operator: OperatorIdentity, reason: str) -> Version:
    """The submitted version is a draft again, with the reason beside it until it is submitted anew.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.wrong_state`).
    """
    rules.check_may(operator, Move.REJECT)
    async with database.transaction() as connection:
        submitted = rows.to_move(await rows.hold(connection, kind.name, code, operator), Move.REJECT)
        return await rows.move(connection, operator, submitted, Move.REJECT, reject_reason=reason, submitted_at=None)
