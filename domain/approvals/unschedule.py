"""Taking a version that waits for its time back."""

from domain.approvals import rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity
from kit import database


async def unschedule(kind: Kind, code: str, operator: OperatorIdentity) -> Version:
    """The scheduled version is a draft again; to go live it is submitted and approved anew.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.wrong_state`, also when it has
    just gone live).
    """
    rules.check_may(operator, Move.UNSCHEDULE)
    async with database.transaction() as connection:
        scheduled = rows.to_move(await rows.hold(connection, kind.name, code, operator), Move.UNSCHEDULE)
        return await rows.back_to_draft(connection, scheduled, Move.UNSCHEDULE, operator, None)
