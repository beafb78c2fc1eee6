"""The customer's wallet."""

from datetime import datetime

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes, number_of
from domain import coupons
from domain.coupons import CouponKind, CouponState, CouponValue
from kit import clock
from kit.errors import NotFound
from kit.http import Cursor, page_bounds
from kit.http.types import next_cursor


class Coupon(msgspec.Struct, omit_defaults=True):
    """A coupon; `unusable_reason` says why it cannot be used now, where it is unused and yet cannot."""

    coupon_id: str
    template: str
    name: str
    kind: CouponKind
    value: CouponValue
    state: CouponState
    valid_from: datetime
    valid_until: datetime
    use_rules: list[str]
    unusable_reason: str | None = None


class CouponStep(msgspec.Struct):
    """A state the coupon reached, and when."""

    state: CouponState
    at: datetime


class CouponDetail(Coupon, kw_only=True):
    """A coupon with its history, oldest first."""

    history: list[CouponStep]


class CouponPage(msgspec.Struct):
    """A page of coupons, newest first."""

    items: list[Coupon]
    next_cursor: str | None


class CouponQuery(Cursor, forbid_unknown_fields=True):
    """Filter and paging."""

    state: CouponState | None = None


@customer_routes.route("GET", "/coupons", tag="coupon")
async def list_coupons(request: Request, query: CouponQuery, subject: Subject) -> CouponPage:
    """This customer's coupons, newest first."""
    after, limit = page_bounds(query)
    found = await coupons.wallet(subject.customer_id, query.state, after, limit + 1)
    now = clock.now()
    items = [coupon_of(coupon, now) for coupon in found[:limit]]
    return CouponPage(items, next_cursor(found, limit))


@customer_routes.route("GET", "/coupons/{coupon_id}", tag="coupon", errors=(404,))
async def read_coupon(request: Request, coupon_id: str, subject: Subject) -> CouponDetail:
    """One of this customer's coupons, with its history."""
    record = await coupons.read(subject.customer_id, coupon_number(coupon_id))
    history = [CouponStep(step.state, step.at) for step in record.history]
    return CouponDetail(**msgspec.structs.asdict(coupon_of(record.coupon, clock.now())), history=history)


def coupon_number(text: str) -> int:
    """The id of a coupon. Raises `NotFound` for what cannot be one."""
    return number_of(text, NotFound("coupon.not_found", "没有这张券"))


def coupon_of(coupon: coupons.Coupon, now: datetime) -> Coupon:
    """A coupon as pages show it."""
    definition = coupon.template.definition
    reason = coupons.why_not_valid(coupon, now) if coupon.state == CouponState.UNUSED else None
    return Coupon(
        coupon_id=str(coupon.id),
        template=coupon.template.code,
        name=definition.name,
        kind=definition.kind,
        value=definition.value,
        state=coupon.state,
        valid_from=coupon.valid_from,
        valid_until=coupon.valid_until,
        use_rules=coupons.use_rules(coupon.template),
        unusable_reason=reason[1] if reason else None,
    )
