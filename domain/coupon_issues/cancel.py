"""An operator gives an issue up."""

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues.issue import CouponIssue, decide, hold
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import database


async def cancel(operator: OperatorIdentity, issue_id: int) -> CouponIssue:
    """Nobody else gets a coupon; who has one keeps it. A set that is being issued is waited for.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`coupon_issue.wrong_state`).
    """
    approvals.check_may(operator, Move.END)
    async with database.transaction() as connection:
        await hold(connection, issue_id, operator, IssueState.CANCELLED)
        return await decide(connection, operator, "cancel", issue_id, IssueState.CANCELLED)
