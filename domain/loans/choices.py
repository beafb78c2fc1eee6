"""Which of the customer's coupons fit a loan, and why the others do not."""

import msgspec

from domain import coupons
from domain.coupons import Coupon, Use
from domain.loans import store
from domain.loans.terms import Terms
from kit import clock
from kit.errors import Conflict, RuleViolated


class CouponChoice(msgspec.Struct, frozen=True):
    """A coupon, and why it cannot be used for this loan (None: it can)."""

    coupon: Coupon
    reason: str | None


async def coupons_for(customer_id: int, terms: Terms) -> list[CouponChoice]:
    """Unused and occupied coupons: first those that can be used, and what expires first before what expires later."""
    use, now = await _use_of(customer_id, terms), clock.now()
    choices: list[CouponChoice] = []
    for coupon in await coupons.held(customer_id):
        refusal = coupons.why_unusable(coupon.template, coupon, use, now)
        choices.append(CouponChoice(coupon, refusal[1] if refusal else None))
    return sorted(choices, key=lambda choice: choice.reason is not None)


async def usable_coupon(customer_id: int, coupon_id: int, terms: Terms) -> Coupon:
    """A coupon that can be used for this loan.

    Raises `NotFound`, `Conflict` (`coupon.not_unused`), `RuleViolated` (any other reason).
    """
    coupon = (await coupons.read(customer_id, coupon_id)).coupon
    refusal = coupons.why_unusable(coupon.template, coupon, await _use_of(customer_id, terms), clock.now())
    if refusal is None:
        return coupon
    raise (Conflict if refusal[0] == "coupon.not_unused" else RuleViolated)(*refusal)


async def _use_of(customer_id: int, terms: Terms) -> Use:
    first = not await store.has_borrowed(customer_id)
    return Use(terms.amount_fen, terms.periods, terms.method, terms.channel, first)
