"""The coupon centre: what there is to claim, and claiming it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from api.coupons import Coupon, coupon_of
from api.origin import DEVICE, origin_of
from api.routes import Subject, customer_routes
from domain import coupons
from domain.coupons import CouponKind, CouponValue, Left, OfferClaim, OfferState
from kit import clock
from kit.errors import Forbidden
from kit.http import IDEMPOTENCY_KEY, Answer, Cursor, page_bounds, request_key_if_any
from kit.http.types import next_cursor

_NOT_BOUND = "请先绑定信用卡，再领取优惠券"


class CouponOffer(msgspec.Struct):
    """A coupon of the centre as it stands for this customer.

    `claimable` unless `reason` says why not; `left` is what there is for anybody today; `opens_in_seconds` counts down
    to an upcoming one; `per_person` is null where a person may have any number.
    """

    template: str
    name: str
    kind: CouponKind
    value: CouponValue
    use_rules: list[str]
    validity: str
    state: OfferState
    claimable: bool
    reason: str | None
    left: Left
    held: int
    per_person: int | None
    opens_in_seconds: Annotated[int, Meta(ge=0)] | None
    reminder: Annotated[
        Literal["none", "possible", "set"],
        Meta(description="`possible`: POST …/reminder tells this customer when it opens"),
    ]


class CouponOfferPage(msgspec.Struct):
    """A page of offers, the newest first."""

    items: list[CouponOffer]
    next_cursor: str | None


class OfferQuery(Cursor, forbid_unknown_fields=True):
    """Paging."""


@customer_routes.route("GET", "/coupon-offers", tag="coupon")
async def list_coupon_offers(request: Request, query: OfferQuery, subject: Subject) -> CouponOfferPage:
    """What the coupon centre has, now and soon, and what this customer may still claim of it."""
    after, limit = page_bounds(query)
    found = await coupons.offers(subject.customer_id, after, limit + 1)
    items = [_item(offer, subject) for offer in found[:limit]]
    return CouponOfferPage(items, next_cursor(found, limit, lambda offer: offer.template.version_id))


@customer_routes.route(
    "POST",
    "/coupon-offers/{template}/claims",
    tag="coupon",
    status=201,
    also=(200,),
    errors=(403, 404, 409, 422, 429, 503),
    headers=(f"{IDEMPOTENCY_KEY}?", DEVICE),
    shielded=False,
)
async def claim_coupon(request: Request, template: str, subject: Subject) -> Answer[Coupon]:
    """Claim a coupon in the coupon centre.

    The same Idempotency-Key is the same claim for ever: a repeat answers 200 with the same coupon. The header is
    needed where a customer may have more than one; elsewhere every claim without it is the same one.
    """
    if not subject.bound:
        raise Forbidden("customer.not_bound", _NOT_BOUND)
    claim = OfferClaim(subject.customer_id, template, request_key_if_any(request), origin_of(request, subject))
    claimed = await request.app.ctx.coupon_claims.submit(claim)
    return Answer(coupon_of(claimed.coupon, clock.now()), status=201 if claimed.created else 200)


def _item(offer: coupons.Offer, subject: Subject) -> CouponOffer:
    definition = offer.template.definition
    reason = offer.reason if subject.bound else _NOT_BOUND
    return CouponOffer(
        template=offer.template.code,
        name=definition.name,
        kind=definition.kind,
        value=definition.value,
        use_rules=coupons.use_rules(offer.template),
        validity=coupons.validity_text(definition),
        state=offer.state,
        claimable=reason is None,
        reason=reason,
        left=offer.left,
        held=offer.held,
        per_person=definition.per_person,
        opens_in_seconds=offer.opens_in_seconds,
        reminder=("set" if offer.reminded else "possible") if offer.reminds and subject.bound else "none",
    )
