"""An issue as a row: read, held for a change, moved."""

from datetime import datetime
from typing import Any

import msgspec

from domain.coupon_issues import rules, states
from domain.coupon_issues.definition import Content
from domain.coupon_issues.states import IssueState
from domain.operators import OperatorIdentity, acted
from kit import clock
from kit.database import Connection, Record

COLUMNS = """id, content_hash, branch, state, held_by, due_at, number, after_customer, total, issued, skipped,
worked_ms, maker_id, checker_id, reject_reason, created_at, approved_at, closed_at, cost_fen, over_limit,
budget_approver_id, body"""


class CouponIssue(msgspec.Struct, frozen=True):
    """`number` and `after_customer` are the cursor; `worked_ms` is how long its sets took together. `cost_fen` is what
    it may cost at most, of the customers and at the price of when it was asked for, then of when it was checked.
    """

    id: int
    content_hash: str
    branch: str
    state: IssueState
    held_by: str | None
    due_at: datetime | None
    number: int
    after_customer: int
    total: int
    issued: int
    skipped: dict[str, int]
    worked_ms: int
    maker_id: int
    checker_id: int | None
    reject_reason: str | None
    created_at: datetime
    approved_at: datetime | None
    closed_at: datetime | None
    cost_fen: int
    over_limit: bool
    budget_approver_id: int | None
    content: Content

    @property
    def remaining(self) -> int:
        """Customers nobody has decided on."""
        return self.total - self.issued - sum(self.skipped.values())

    @property
    def per_second(self) -> float | None:
        """Customers decided in a second of work; None before the first set."""
        return (self.total - self.remaining) * 1000 / self.worked_ms if self.worked_ms else None


def issue_of(row: Record) -> CouponIssue:
    """The issue in a row of `coupon_issue`."""
    values: dict[str, Any] = {name: row[name] for name in CouponIssue.__struct_fields__ if name != "content"}
    values["state"] = IssueState(row["state"])
    values["skipped"] = msgspec.json.decode(row["skipped"], type=dict[str, int])
    return CouponIssue(**values, content=msgspec.json.decode(row["body"], type=Content))


async def hold(connection: Connection, issue_id: int, operator: OperatorIdentity, to: IssueState) -> CouponIssue:
    """The issue, unchangeable by others until the transaction ends, if it may go to the state `to`. A set that is being
    issued is waited for. Raises `NotFound`, also for another branch's, and `Conflict` (`coupon_issue.wrong_state`).
    """
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM coupon_issue WHERE id = $1 FOR NO KEY UPDATE", issue_id)
    if row is None or not operator.sees(row["branch"]):
        raise rules.not_found()
    held = issue_of(row)
    if not states.may(held.state, to):
        raise rules.wrong_state(held.state)
    return held


async def decide(
    connection: Connection, operator: OperatorIdentity, act: str, issue_id: int, to: IssueState, **columns: Any
) -> CouponIssue:
    """As `move`, by an operator: the act enters the audit trail."""
    moved = await move(connection, issue_id, to, **columns)
    reason = {"reason": moved.reject_reason} if moved.reject_reason else {}
    detail = {"template": moved.content.template, "content_hash": moved.content_hash, "total": moved.total}
    detail |= {"cost_fen": moved.cost_fen, **reason}
    await acted(connection, operator, f"coupon_issue.{act}", f"coupon-issues/{issue_id}", detail)
    return moved


async def move(connection: Connection, issue_id: int, to: IssueState, **columns: Any) -> CouponIssue:
    """Bring an issue the caller holds into the state `to`, and set `columns` with it."""
    now = clock.now()
    due_at = {} if "due_at" in columns else {"due_at": now if to == IssueState.RUNNING else None}
    given = {"state": str(to), "closed_at": now if to in states.CLOSED else None, **due_at, **columns}
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(given, 2))
    [row] = await connection.fetch(
        f"UPDATE coupon_issue SET {settings} WHERE id = $1 RETURNING {COLUMNS}", issue_id, *given.values()
    )
    return issue_of(row)
