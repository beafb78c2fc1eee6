"""Loans of the core that do not fit our coupons."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import loans
from domain.operators import OperatorIdentity, Role
from kit import clock
from kit.errors import NotFound
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

DiscrepancyState = Literal["open", "closed"]


class LoanDiscrepancy(msgspec.Struct):
    """`request_no` is the loan's at the core; `amount_fen` what the core took off by the coupon."""

    discrepancy_id: str
    kind: Literal["released_undecided", "disbursed_after_release", "told_otherwise", "entry_refused"]
    loan_id: str
    request_no: str
    customer_no: str | None
    coupon_id: str | None
    amount_fen: int
    detail: str
    state: DiscrepancyState
    created_at: Instant
    closed_at: Instant | None
    reason: str | None


class DiscrepancyFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` discrepancies of both states."""

    state: DiscrepancyState | None = None


class Closing(msgspec.Struct, forbid_unknown_fields=True):
    """What was found, or done about it."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


async def list_discrepancies(
    request: Request, query: DiscrepancyFilter, subject: OperatorIdentity
) -> Page[LoanDiscrepancy]:
    """Discrepancies of loans of the operator's branch, newest first; head office sees all."""
    before, limit = page_bounds(query)
    found = await loans.discrepancies(subject, state=query.state, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page([_view(one) for one in found[:limit]], following)


async def close_discrepancy(
    request: Request, discrepancy_id: str, body: Closing, subject: OperatorIdentity
) -> LoanDiscrepancy:
    """Close an open discrepancy with a reason. Checkers and budget approvers may."""
    number = number_or(discrepancy_id, NotFound("discrepancy.not_found", "没有这条差异"))
    return _view(await loans.close_discrepancy(subject, number, body.reason))


def _view(one: loans.Discrepancy) -> LoanDiscrepancy:
    return LoanDiscrepancy(
        discrepancy_id=str(one.id),
        kind=one.kind.value,
        loan_id=str(one.loan_id),
        request_no=one.request_no,
        customer_no=one.customer_no,
        coupon_id=str(one.coupon_id) if one.coupon_id is not None else None,
        amount_fen=one.amount_fen,
        detail=one.detail,
        state=one.state,  # type: ignore[arg-type]
        created_at=clock.local_text(one.created_at),
        closed_at=clock.local_text(one.closed_at) if one.closed_at else None,
        reason=one.reason,
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    tag = "loans"
    room.route("GET", "/loan-discrepancies", tag=tag, access=access(Scope.ROWS))(list_discrepancies)
    decide = access(Scope.ONE, Role.CHECKER, Role.BUDGET_APPROVER)
    room.route("POST", "/loan-discrepancies/{discrepancy_id}/close", tag=tag, errors=(404, 409), access=decide)(
        close_discrepancy
    )
