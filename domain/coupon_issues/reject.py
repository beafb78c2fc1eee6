"""Whoever an issue waits for refuses it."""

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues.issue import CouponIssue, decide, hold
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import database


async def reject(operator: OperatorIdentity, issue_id: int, reason: str) -> CouponIssue:
    """Nothing is issued; the maker may ask anew. A checked one is refused by a budget approver.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`, `approval.same_approver`), `NotFound`,
    `Conflict` (`coupon_issue.wrong_state`).
    """
    approvals.check_may(operator, Move.REJECT)
    async with database.transaction() as connection:
        held = await hold(connection, issue_id, operator, IssueState.REJECTED)
        approvals.check_rejecter(operator, held.state)
        approvals.check_third(operator, held.maker_id, held.checker_id)
        by = "checker_id" if held.state == IssueState.SUBMITTED else "budget_approver_id"
        who = {by: operator.operator_id, "reject_reason": reason}
        return await decide(connection, operator, "reject", issue_id, IssueState.REJECTED, **who)
