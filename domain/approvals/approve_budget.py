"""The third pair of eyes, above the limit: somebody answers for what a version may cost."""

from domain.approvals import content, rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.live_set import go_live
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity
from kit import clock, database


async def approve_budget(kind: Kind, code: str, operator: OperatorIdentity, content_hash: str | None = None) -> Version:
    """Agree to the cost of a version a checker has approved: it goes live, or is scheduled if the checker's time still
    lies ahead. Locks as `approve` does.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`, `approval.same_approver`), `NotFound`,
    `Conflict` (`configuration.wrong_state`, `approval.content_changed`), `RuleViolated` (from the kind).
    """
    rules.check_may(operator, Move.APPROVE_BUDGET)
    async with database.transaction() as connection:
        versions = await rows.hold(connection, kind.name, code, operator)
        checked = rows.to_move(versions, Move.APPROVE_BUDGET)
        rules.check_third(operator, checked.maker_id, checked.checker_id)
        rules.check_content(content_hash, checked.content_hash, content.content_hash(checked.body))
        await kind.may_launch(checked)
        agreed = {"budget_approver_id": operator.operator_id}
        if checked.scheduled_at is not None and checked.scheduled_at > clock.now():
            return await rows.move(connection, checked, Move.SCHEDULE, operator, agreed)
        return await go_live(connection, kind, versions, checked, Move.APPROVE_BUDGET, operator, agreed)
