"""An operator stops an issue for a while."""

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues.issue import CouponIssue, decide, hold
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import database


async def pause(operator: OperatorIdentity, issue_id: int) -> CouponIssue:
    """Nobody gets a coupon after the set that is being issued, which is waited for.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`coupon_issue.wrong_state`).
    """
    approvals.check_may(operator, Move.PAUSE)
    async with database.transaction() as connection:
        await hold(connection, issue_id, operator, IssueState.PAUSED)
        return await decide(connection, operator, "pause", issue_id, IssueState.PAUSED)
