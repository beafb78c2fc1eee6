"""Handing a draft to the checkers."""

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
        definition = content.definition_of(kind.definition, draft.body)
        await kind.check(code, definition)
        return await rows.move(
            connection,
            draft,
            Move.SUBMIT,
            operator,
            {"submitted_at": clock.now(), "reject_reason": None, "cost_fen": kind.cost(definition)},
        )
