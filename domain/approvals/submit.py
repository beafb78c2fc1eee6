"""Handing a draft to the checkers."""

import msgspec

from domain.approvals import content, rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity
from kit import clock, database


async def submit(kind: Kind, code: str, operator: OperatorIdentity) -> Version:
    """Submit the draft, checked once more, as what it refers to may have changed since it was saved.

    Raises `RuleViolated` (from the kind), `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict`
    (`configuration.wrong_state`).
    """
    rules.check_may(operator, Move.SUBMIT)
    async with database.transaction() as connection:
        draft = rows.to_move(await rows.hold(connection, kind.name, code, operator), Move.SUBMIT)
        await kind.check(code, msgspec.json.decode(content.stored_text(draft.body), type=kind.definition))
        return await rows.move(connection, operator, draft, Move.SUBMIT, submitted_at=clock.now(), reject_reason=None)
