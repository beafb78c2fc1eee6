"""Works on one approved issue of coupons, with a progress bar."""

import asyncio

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain import coupon_issues
from domain.coupon_issues import CouponIssue, IssueState
from kit import clock
from kit.errors import NotFound
from server.process import running
from server.settings import Settings

_OTHERS_AT_WORK_SECONDS = 0.2


async def run(settings: Settings, issue_id: int) -> int:
    """Returns the exit code: 0 when it is done, 1 when something holds it up or ended it, 2 when it may not run."""
    console = Console(highlight=False)
    async with running(settings):
        try:
            issue = await coupon_issues.progress(issue_id)
        except NotFound:
            console.print(f"[red]there is no issue {issue_id}")
            return 2
        if issue.state not in (IssueState.RUNNING, IssueState.DONE):
            console.print(f"[red]issue {issue_id} is {issue.state}")
            return 2
        issue = await _work(issue, console)
    _tell(issue, console)
    return 0 if issue.state == IssueState.DONE else 1


async def _work(issue: CouponIssue, console: Console) -> CouponIssue:
    columns = (TextColumn("customers"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("customers", total=issue.total, completed=issue.total - issue.remaining)
        while issue.state == IssueState.RUNNING and issue.due_at is not None and issue.due_at <= clock.now():
            if not await coupon_issues.issue_next_set(issue.id):
                await asyncio.sleep(_OTHERS_AT_WORK_SECONDS)
            issue = await coupon_issues.progress(issue.id)
            progress.update(bar, completed=issue.total - issue.remaining)
    return issue


def _tell(issue: CouponIssue, console: Console) -> None:
    skipped = "".join(f"  {code} {number}" for code, number in sorted(issue.skipped.items()))
    console.print(f"{issue.state}: issued {issue.issued}{skipped}  remaining {issue.remaining}")
    if issue.held_by:
        goes_on = f", goes on at {clock.local_text(issue.due_at)}" if issue.due_at else ""
        console.print(f"[yellow]held by {issue.held_by}{goes_on}")
    if issue.per_second is not None:
        console.print(f"{issue.per_second:,.0f} customers/s while it worked")
