"""Whoever a version waits for sends it back."""

from domain.approvals import rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity
from kit import database


async def reject(kind: Kind, code: str, operator: OperatorIdentity, reason: str) -> Version:
    """What waits for a checker or a budget approver is a draft again, with the reason beside it until submitted anew.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.wrong_state`).
    """
    rules.check_may(operator, Move.REJECT)
    async with database.transaction() as connection:
        waiting = rows.to_move(await rows.hold(connection, kind.name, code, operator), Move.REJECT)
        rules.check_rejecter(operator, waiting.state)
        return await rows.back_to_draft(connection, waiting, Move.REJECT, operator, reason)
