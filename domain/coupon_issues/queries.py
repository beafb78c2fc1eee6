"""Issues as operators see them: those of their branch, head office all."""

from domain.coupon_issues import rules
from domain.coupon_issues.issue import COLUMNS, CouponIssue, issue_of
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity
from kit import database


async def read(operator: OperatorIdentity, issue_id: int) -> CouponIssue:
    """One issue. Raises `NotFound`, also for another branch's."""
    found = await progress(issue_id)
    if not operator.sees(found.branch):
        raise rules.not_found()
    return found


async def progress(issue_id: int) -> CouponIssue:
    """One issue, whoever asks. Raises `NotFound`."""
    row = await database.fetchrow(f"SELECT {COLUMNS} FROM coupon_issue WHERE id = $1", issue_id)
    if row is None:
        raise rules.not_found()
    return issue_of(row)


async def list_(
    operator: OperatorIdentity, *, state: IssueState | None = None, before: int | None = None, limit: int = 20
) -> list[CouponIssue]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""SELECT {COLUMNS} FROM coupon_issue
            WHERE ($1::text[] IS NULL OR branch = ANY($1)) AND ($2::text IS NULL OR state = $2)
              AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4""",
        operator.within,
        state,
        before,
        limit,
    )
    return [issue_of(row) for row in rows]
