"""Which of the customer's coupons fit a loan, and why the others do not."""

from collections.abc import Sequence

import msgspec

from domain import coupons, loan_products
from domain.coupons import Coupon, Use
from domain.loans import store
from domain.loans.asking import asking
from domain.loans.core import borrower
from domain.loans.terms import Terms
from kit import clock
from kit.errors import Conflict, RuleViolated


class CouponChoice(msgspec.Struct, frozen=True):
    """A coupon, and why it cannot be used for this loan (None: it can)."""

    coupon: Coupon
    reason: str | None

    @property
    def stackable(self) -> bool:
        """Whether other stackable ones may be used beside it."""
        return self.coupon.template.definition.use.stacking == "stackable"


async def coupons_for(customer_id: int, terms: Terms) -> list[CouponChoice]:
    """Unused and occupied coupons: first those that can be used, and what expires first before what expires later.

    Raises `Forbidden` (`customer.not_bound`), `RuleViolated` (`loan.no_product`), `Unavailable`.
    """
    await loan_products.catalogue.refresh()
    asked = asking(await borrower(customer_id), await store.history(customer_id), terms)
    use, now, choices = asked.use, clock.now(), list[CouponChoice]()
    for coupon in await coupons.held(customer_id):
        refusal = coupons.why_unusable(coupon.template, coupon, use, now)
        choices.append(CouponChoice(coupon, refusal[1] if refusal else None))
    return sorted(choices, key=lambda choice: choice.reason is not None)


async def fitting_coupons(customer_id: int, coupon_ids: Sequence[int], use: Use) -> list[Coupon]:
    """Coupons that can be used for this loan, each by itself and all together.

    Raises `NotFound`, `Conflict` (`coupon.not_unused`), `RuleViolated` (`coupon.not_stackable`, any other reason).
    """
    found, now = await coupons.of_customer(customer_id, coupon_ids), clock.now()
    for coupon in found:
        refusal = coupons.why_unusable(coupon.template, coupon, use, now)
        if refusal is not None:
            raise (Conflict if refusal[0] == "coupon.not_unused" else RuleViolated)(*refusal)
    together = coupons.why_not_together([coupon.template for coupon in found])
    if together is not None:
        raise RuleViolated(*together)
    return found
