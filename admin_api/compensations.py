"""Making something good to a customer: asked for, approved, listed."""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec
from sanic import Request

from admin_api.configurations import Rejection
from admin_api.guard import Scope, access
from admin_api.shapes import ExactApproval, Instant, number_or
from domain import compensations, customers, operators
from domain.approvals import MOVERS, Move
from domain.compensations import Compensation, CompensationRequest, CompensationState
from domain.operators import OperatorIdentity
from kit import clock
from kit.errors import NotFound
from kit.http import IDEMPOTENCY_KEY, Answer, Cursor, Page, Routes, page_bounds, request_key
from kit.http.types import next_cursor


class CompensationView(msgspec.Struct):
    """`amount` is points for experience and 1 for the coupon or benefit `target`. With `over_limit` a budget approver
    is asked too.
    """

    compensation_id: str
    customer_no: str
    kind: Literal["coupon", "experience", "benefit"]
    target: str | None
    amount: int
    cost_fen: int
    reason: str
    message: str | None
    content_hash: str
    state: CompensationState
    made_by: str | None
    checked_by: str | None
    over_limit: bool
    budget_approved_by: str | None
    reject_reason: str | None
    created_at: Instant
    decided_at: Instant | None


class CompensationFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` compensations in every state."""

    state: CompensationState | None = None


async def make_compensation(
    request: Request, customer_no: str, body: CompensationRequest, subject: OperatorIdentity
) -> Answer[CompensationView]:
    """Ask for a compensation. The same Idempotency-Key is the same one; nothing is given before it is approved."""
    made = await compensations.make(subject, customer_no, body, request_key(request))
    return Answer((await views([made.compensation]))[0], status=201 if made.created else 200)


async def list_customer_compensations(
    request: Request, customer_no: str, query: CompensationFilter, subject: OperatorIdentity
) -> Page[CompensationView]:
    """Compensations of a customer, newest first."""
    who = await customers.seen_by(subject, customer_no)
    return await _page(query, subject, who.id)


async def list_compensations(
    request: Request, query: CompensationFilter, subject: OperatorIdentity
) -> Page[CompensationView]:
    """Compensations of customers of the operator's branch, newest first; head office sees all."""
    return await _page(query, subject, None)


async def get_compensation(request: Request, compensation_id: str, subject: OperatorIdentity) -> CompensationView:
    """One compensation."""
    return (await views([await compensations.read(subject, _number(compensation_id))]))[0]


async def approve_compensation(
    request: Request, compensation_id: str, body: ExactApproval, subject: OperatorIdentity
) -> CompensationView:
    """Grant it, once; above the limit it waits for a budget approver. Its maker may not. What cannot be granted now
    stays submitted.
    """
    granted = await compensations.approve(subject, _number(compensation_id), body.content_hash)
    return (await views([granted]))[0]


async def approve_compensation_budget(
    request: Request, compensation_id: str, body: ExactApproval, subject: OperatorIdentity
) -> CompensationView:
    """Grant a checked one, once. Neither its maker nor its checker may."""
    granted = await compensations.approve_budget(subject, _number(compensation_id), body.content_hash)
    return (await views([granted]))[0]


async def reject_compensation(
    request: Request, compensation_id: str, body: Rejection, subject: OperatorIdentity
) -> CompensationView:
    """Refuse it."""
    return (await views([await compensations.reject(subject, _number(compensation_id), body.reason)]))[0]


async def views(found: list[Compensation]) -> list[CompensationView]:
    """Compensations with the names of those who acted."""
    names = await operators.usernames(
        who for one in found for who in (one.maker_id, one.checker_id, one.budget_approver_id)
    )
    return [
        CompensationView(
            compensation_id=str(one.id),
            customer_no=one.customer_no,
            kind=one.kind,  # type: ignore[arg-type]
            target=one.target,
            amount=one.amount,
            cost_fen=one.cost_fen,
            reason=one.reason,
            message=one.message,
            content_hash=one.content_hash,
            state=one.state,
            made_by=names.get(one.maker_id),
            checked_by=names.get(one.checker_id),
            over_limit=one.over_limit,
            budget_approved_by=names.get(one.budget_approver_id),
            reject_reason=one.reject_reason,
            created_at=clock.local_text(one.created_at),
            decided_at=clock.local_text(one.decided_at) if one.decided_at else None,
        )
        for one in found
    ]


async def _page(
    query: CompensationFilter, subject: OperatorIdentity, customer_id: int | None
) -> Page[CompensationView]:
    before, limit = page_bounds(query)
    found = await compensations.list_(
        subject, state=query.state, before=before, limit=limit + 1, customer_id=customer_id
    )
    following = next_cursor(found, limit)
    return Page(await views(found[:limit]), following)


def _number(text: str) -> int:
    return number_or(text, NotFound("compensation.not_found", "没有这笔补偿"))


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    of_customer, every, tag = "/customers/{customer_no}/compensations", "/compensations", "compensations"
    one, refusals = f"{every}/{{compensation_id}}", (404, 409)
    room.route(
        "POST",
        of_customer,
        tag=tag,
        status=201,
        also=(200,),
        errors=(*refusals, 422),
        headers=(IDEMPOTENCY_KEY,),
        example={"coupon": "free7", "reason": "系统故障补偿"},
        access=access(Scope.ONE, *MOVERS[Move.SUBMIT]),
    )(make_compensation)
    room.route("GET", of_customer, tag=tag, errors=(404,), access=access(Scope.ONE))(list_customer_compensations)
    room.route("GET", every, tag=tag, access=access(Scope.ROWS))(list_compensations)
    room.route("GET", one, tag=tag, errors=(404,), access=access(Scope.ONE))(get_compensation)
    verbs: dict[str, tuple[Move, Callable[..., Awaitable[CompensationView]]]] = {
        "approve": (Move.APPROVE, approve_compensation),
        "approve-budget": (Move.APPROVE_BUDGET, approve_compensation_budget),
        "reject": (Move.REJECT, reject_compensation),
    }
    for verb, (move, handler) in verbs.items():
        room.route("POST", f"{one}/{verb}", tag=tag, errors=refusals, access=access(Scope.ONE, *MOVERS[move]))(handler)
