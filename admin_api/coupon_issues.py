"""Coupons for many customers at once: asked for, approved, followed, stopped."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec
from sanic import Request

from admin_api.configurations import Rejection
from admin_api.guard import Scope, access
from admin_api.shapes import ExactApproval, Instant, number_or
from domain import coupon_issues, operators
from domain.approvals import MOVERS, Move
from domain.coupon_issues import Audience, CouponIssue, IssueRequest, IssueState
from domain.operators import OperatorIdentity
from kit import clock
from kit.errors import NotFound
from kit.http import IDEMPOTENCY_KEY, Answer, Cursor, Page, Routes, page_bounds, request_key
from kit.http.types import next_cursor

_EXAMPLE = {
    "template": "free7",
    "audience": {"stages": ["payer"], "branches": [], "card_products": [], "min_level": 1},
    "reason": "十一月唤醒",
}


class FileRef(msgspec.Struct):
    """The file whose customers get the coupon, and the SHA-256 of what stood in it."""

    import_id: str
    name: str
    digest: str


class CouponIssueView(msgspec.Struct):
    """How far an issue has come, in customers: total = issued + skipped + remaining. `held_by` says what holds it up,
    and `resumes_at` when it goes on by itself. `per_second` is over the time it worked. `cost_fen` is what it may cost
    at most; with `over_limit` a budget approver is asked too.
    """

    issue_id: str
    template: str
    reason: str
    audience: Audience | None
    file: FileRef | None
    at_daily_cap: Literal["wait", "end"]
    content_hash: str
    state: IssueState
    held_by: str | None
    resumes_at: Instant | None
    total: int
    issued: int
    skipped: dict[str, int]
    remaining: int
    per_second: int | None
    branch: str
    made_by: str | None
    checked_by: str | None
    cost_fen: int
    over_limit: bool
    budget_approved_by: str | None
    reject_reason: str | None
    created_at: Instant
    approved_at: Instant | None
    closed_at: Instant | None


class CouponIssueFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` issues in every state."""

    state: IssueState | None = None


async def make_coupon_issue(request: Request, body: IssueRequest, subject: OperatorIdentity) -> Answer[CouponIssueView]:
    """Ask for an issue. The same Idempotency-Key is the same issue; nothing is issued before it is approved."""
    made = await coupon_issues.make(subject, body, request_key(request))
    return Answer(await _view(made.issue), status=201 if made.created else 200)


async def list_coupon_issues(
    request: Request, query: CouponIssueFilter, subject: OperatorIdentity
) -> Page[CouponIssueView]:
    """Issues of the operator's branch, newest first; head office sees all."""
    before, limit = page_bounds(query)
    found = await coupon_issues.list_(subject, state=query.state, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page(await _views(found[:limit]), following)


async def get_coupon_issue(request: Request, issue_id: str, subject: OperatorIdentity) -> CouponIssueView:
    """An issue and how far it has come."""
    return await _view(await coupon_issues.read(subject, _number(issue_id)))


async def approve_coupon_issue(
    request: Request, issue_id: str, body: ExactApproval, subject: OperatorIdentity
) -> CouponIssueView:
    """Let it begin, for the customers who belong to the audience now; above the limit it waits for a budget approver,
    for these customers. Its maker may not.
    """
    return await _view(await coupon_issues.approve(subject, _number(issue_id), body.content_hash))


async def approve_coupon_issue_budget(
    request: Request, issue_id: str, body: ExactApproval, subject: OperatorIdentity
) -> CouponIssueView:
    """Let a checked one begin, for the customers counted when it was checked. Neither its maker nor its checker may."""
    return await _view(await coupon_issues.approve_budget(subject, _number(issue_id), body.content_hash))


async def reject_coupon_issue(
    request: Request, issue_id: str, body: Rejection, subject: OperatorIdentity
) -> CouponIssueView:
    """Refuse it; its maker may ask anew."""
    return await _view(await coupon_issues.reject(subject, _number(issue_id), body.reason))


async def pause_coupon_issue(request: Request, issue_id: str, subject: OperatorIdentity) -> CouponIssueView:
    """Stop it after the set that is being issued."""
    return await _view(await coupon_issues.pause(subject, _number(issue_id)))


async def resume_coupon_issue(request: Request, issue_id: str, subject: OperatorIdentity) -> CouponIssueView:
    """Let it go on where it stopped; what held it up is tried again."""
    return await _view(await coupon_issues.resume(subject, _number(issue_id)))


async def cancel_coupon_issue(request: Request, issue_id: str, subject: OperatorIdentity) -> CouponIssueView:
    """Give the rest up; who has a coupon keeps it."""
    return await _view(await coupon_issues.cancel(subject, _number(issue_id)))


def _number(text: str) -> int:
    return number_or(text, NotFound("coupon_issue.not_found", "没有这次发放"))


async def _view(issue: CouponIssue) -> CouponIssueView:
    return (await _views([issue]))[0]


async def _views(issues: list[CouponIssue]) -> list[CouponIssueView]:
    names = await operators.usernames(
        who for one in issues for who in (one.maker_id, one.checker_id, one.budget_approver_id)
    )
    return [_shown(issue, names) for issue in issues]


def _shown(issue: CouponIssue, names: dict[int | None, str]) -> CouponIssueView:
    content = issue.content
    waits = issue.due_at is not None and issue.held_by is not None
    return CouponIssueView(
        issue_id=str(issue.id),
        template=content.template,
        reason=content.reason,
        audience=content.audience,
        file=FileRef(str(content.file.id), content.file.name, content.file.digest) if content.file else None,
        at_daily_cap=content.at_daily_cap,
        content_hash=issue.content_hash,
        state=issue.state,
        held_by=issue.held_by,
        resumes_at=clock.local_text(issue.due_at) if issue.due_at and waits else None,
        total=issue.total,
        issued=issue.issued,
        skipped=issue.skipped,
        remaining=issue.remaining,
        per_second=None if issue.per_second is None else round(issue.per_second),
        branch=issue.branch,
        made_by=names.get(issue.maker_id),
        checked_by=names.get(issue.checker_id),
        cost_fen=issue.cost_fen,
        over_limit=issue.over_limit,
        budget_approved_by=names.get(issue.budget_approver_id),
        reject_reason=issue.reject_reason,
        created_at=clock.local_text(issue.created_at),
        approved_at=clock.local_text(issue.approved_at) if issue.approved_at else None,
        closed_at=clock.local_text(issue.closed_at) if issue.closed_at else None,
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    every, one, tag = "/coupon-issues", "/coupon-issues/{issue_id}", "coupon-issues"
    room.route(
        "POST",
        every,
        tag=tag,
        status=201,
        also=(200,),
        errors=(404, 409, 422),
        headers=(IDEMPOTENCY_KEY,),
        example=_EXAMPLE,
        access=access(Scope.MADE, *MOVERS[Move.SUBMIT]),
    )(make_coupon_issue)
    room.route("GET", every, tag=tag, access=access(Scope.ROWS))(list_coupon_issues)
    room.route("GET", one, tag=tag, errors=(404,), access=access(Scope.ONE))(get_coupon_issue)
    verbs: dict[str, tuple[Move, Callable[..., Awaitable[Any]]]] = {
        "approve": (Move.APPROVE, approve_coupon_issue),
        "approve-budget": (Move.APPROVE_BUDGET, approve_coupon_issue_budget),
        "reject": (Move.REJECT, reject_coupon_issue),
        "pause": (Move.PAUSE, pause_coupon_issue),
        "resume": (Move.RESUME, resume_coupon_issue),
        "cancel": (Move.END, cancel_coupon_issue),
    }
    for verb, (move, handler) in verbs.items():
        may = access(Scope.ONE, *MOVERS[move])
        room.route("POST", f"{one}/{verb}", tag=tag, errors=(404, 409), access=may)(handler)
