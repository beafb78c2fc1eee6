"""The last state of a configuration."""

from domain.approvals.kinds import Kind, Version
from domain.approvals.live_set import change
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity


async def end(kind: Kind, code: str, operator: OperatorIdentity) -> Version:
    """End what is live or paused for good; where nothing is, withdraw the draft. The next version may still be written.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.wrong_state`).
    """
    return await change(kind, code, operator, Move.END)
