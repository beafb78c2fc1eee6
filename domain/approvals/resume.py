"""Putting a paused version back."""

from domain.approvals.kinds import Kind, Version
from domain.approvals.live_set import change
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity


async def resume(kind: Kind, code: str, operator: OperatorIdentity) -> Version:
    """The paused version is live again, as it was approved.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.wrong_state`).
    """
    return await change(kind, code, operator, Move.RESUME)
