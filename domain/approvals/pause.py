"""Taking a live version out of the market for a while."""

from domain.approvals.kinds import Kind, Version
from domain.approvals.live_set import change
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity


async def pause(kind: Kind, code: str, operator: OperatorIdentity) -> Version:
    """The live version stops having effect until it is resumed; nothing that ran on it is undone.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.wrong_state`).
    """
    return await change(kind, code, operator, Move.PAUSE)
