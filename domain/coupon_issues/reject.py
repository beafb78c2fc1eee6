"""A checker refuses an issue."""

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues.issue import CouponIssue, decide, hold
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import database


async def reject(operator: OperatorIdentity, issue_id: int, reason: str) -> CouponIssue:
    """Nothing is issued; the maker may ask anew.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`), `NotFound`, `Conflict`
    (`coupon_issue.wrong_state`).
    """
    approvals.check_may(operator, Move.REJECT)
    async with database.transaction() as connection:
        held = await hold(connection, issue_id, operator, IssueState.REJECTED)
        approvals.check_checker(operator, held.maker_id)
        return await decide(
            connection,
            operator,
            "reject",
            issue_id,
            IssueState.REJECTED,
            checker_id=operator.operator_id,
            reject_reason=reason,
        )
