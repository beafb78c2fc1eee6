"""An issue goes on."""

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues import rules
from domain.coupon_issues.issue import CouponIssue, decide, hold
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import database


async def resume(operator: OperatorIdentity, issue_id: int) -> CouponIssue:
    """Go on with the first customer who was not decided; what held it up is tried again.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`coupon_issue.wrong_state`).
    """
    approvals.check_may(operator, Move.RESUME)
    async with database.transaction() as connection:
        held = await hold(connection, issue_id, operator, IssueState.RUNNING)
        if held.state != IssueState.PAUSED:
            raise rules.wrong_state(held.state)
        return await decide(connection, operator, "resume", issue_id, IssueState.RUNNING, held_by=None)
