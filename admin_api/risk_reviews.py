"""Actions that wait for an operator: let through, or kept out."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import operators, risk
from domain.operators import OperatorIdentity
from domain.risk import HoldState
from kit import clock
from kit.errors import NotFound
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor


class RiskReview(msgspec.Struct):
    """What a `rule` of `version` of the table has set aside. What is decided holds for `hours`, until `until`."""

    review_id: str
    customer_no: str | None
    action: risk.Action
    state: HoldState
    version: int
    rule: str
    hours: int
    created_at: Instant
    until: Instant | None
    decided_by: str | None
    reason: str | None
    decided_at: Instant | None


class RiskReviewFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` reviews in every state."""

    state: HoldState | None = None


class RiskReviewDecision(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


async def list_risk_reviews(request: Request, query: RiskReviewFilter, subject: OperatorIdentity) -> Page[RiskReview]:
    """Of customers of the operator's branch, newest first; head office sees all."""
    before, limit = page_bounds(query)
    found = await risk.reviews(subject, state=query.state, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page(await _views(found[:limit]), following)


async def release_risk_review(
    request: Request, review_id: str, body: RiskReviewDecision, subject: OperatorIdentity
) -> RiskReview:
    """Let it through: the customer may do it, until `until`."""
    decided = await risk.decide_review(subject, _number(review_id), HoldState.CLEARED, body.reason)
    return (await _views([decided]))[0]


async def refuse_risk_review(
    request: Request, review_id: str, body: RiskReviewDecision, subject: OperatorIdentity
) -> RiskReview:
    """Keep it out: the customer is denied it, until `until`."""
    decided = await risk.decide_review(subject, _number(review_id), HoldState.REFUSED, body.reason)
    return (await _views([decided]))[0]


def _number(text: str) -> int:
    return number_or(text, NotFound("risk.review_not_found", "没有这条待核实的操作"))


async def _views(found: list[risk.Review]) -> list[RiskReview]:
    names = await operators.usernames(one.operator_id for one in found)
    return [
        RiskReview(
            review_id=str(one.id),
            customer_no=one.customer_no,
            action=one.action,  # type: ignore[arg-type]
            state=one.state,
            version=one.version,
            rule=one.rule,
            hours=one.hours,
            created_at=clock.local_text(one.created_at),
            until=clock.local_text(one.until) if one.until else None,
            decided_by=names.get(one.operator_id) if one.operator_id else None,
            reason=one.reason,
            decided_at=clock.local_text(one.decided_at) if one.decided_at else None,
        )
        for one in found
    ]


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    every, tag, refusals = "/risk-reviews", "risk", (404, 409)
    one, deciding = f"{every}/{{review_id}}", access(Scope.ONE, *risk.DECIDERS)
    room.route("GET", every, tag=tag, access=access(Scope.ROWS))(list_risk_reviews)
    room.route("POST", f"{one}/release", tag=tag, errors=refusals, access=deciding)(release_risk_review)
    room.route("POST", f"{one}/refuse", tag=tag, errors=refusals, access=deciding)(refuse_risk_review)
