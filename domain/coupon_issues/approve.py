"""The second pair of eyes: an issue begins, or waits for the third pair."""

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues import cost, members, rules
from domain.coupon_issues.issue import CouponIssue, decide, hold
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import clock, database, logging

log = logging.get("coupon_issues")


async def approve(operator: OperatorIdentity, issue_id: int, content_hash: str | None = None) -> CouponIssue:
    """Keep who belongs to the audience at this moment, and let the worker issue to them; `content_hash` is what the
    checker has read. Where a coupon for each of them may cost more than the limit it is `checked` instead and waits for
    a budget approver, with these customers.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`), `NotFound`, `Conflict`
    (`coupon_issue.wrong_state`, also for the second of two checkers; `approval.content_changed`).
    """
    approvals.check_may(operator, Move.APPROVE)
    async with database.transaction() as connection:
        held = await hold(connection, issue_id, operator, IssueState.CHECKED)
        approvals.check_checker(operator, held.maker_id)
        approvals.check_content(content_hash, held.content_hash, rules.content_hash(held.content))
        total = await members.keep(connection, issue_id, held.content, held.branch)
        cost_fen = await cost.of(held.content.template, total)
        agreed = {"checker_id": operator.operator_id, "total": total, "cost_fen": cost_fen}
        if await approvals.costs_much(cost_fen):
            return await decide(connection, operator, "check", issue_id, IssueState.CHECKED, **agreed, over_limit=True)
        approved = await decide(
            connection, operator, "approve", issue_id, IssueState.RUNNING, **agreed, approved_at=clock.now()
        )
    log.info("coupon_issue.approved", issue=issue_id, template=held.content.template, customers=total)
    return approved
