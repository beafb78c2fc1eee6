"""The third pair of eyes, above the limit: an issue begins."""

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues import rules
from domain.coupon_issues.issue import CouponIssue, decide, hold
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import clock, database, logging

log = logging.get("coupon_issues")


async def approve_budget(operator: OperatorIdentity, issue_id: int, content_hash: str | None = None) -> CouponIssue:
    """Let the worker issue to the customers who were kept when a checker approved it.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`, `approval.same_approver`), `NotFound`,
    `Conflict` (`coupon_issue.wrong_state`, also for the second of two; `approval.content_changed`).
    """
    approvals.check_may(operator, Move.APPROVE_BUDGET)
    async with database.transaction() as connection:
        held = await hold(connection, issue_id, operator, IssueState.RUNNING)
        if held.state != IssueState.CHECKED:
            raise rules.wrong_state(held.state)
        approvals.check_third(operator, held.maker_id, held.checker_id)
        approvals.check_content(content_hash, held.content_hash, rules.content_hash(held.content))
        approved = await decide(
            connection,
            operator,
            "approve_budget",
            issue_id,
            IssueState.RUNNING,
            budget_approver_id=operator.operator_id,
            approved_at=clock.now(),
        )
    log.info("coupon_issue.approved", issue=issue_id, template=held.content.template, customers=held.total)
    return approved
