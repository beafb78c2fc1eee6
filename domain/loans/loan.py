"""A loan application as the house sees it, and as the core is asked for it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import ports
from domain.coupons import Coupon
from domain.loans.states import LoanState
from domain.loans.terms import Terms


class LoanCoupon(msgspec.Struct, frozen=True, array_like=True):
    """A coupon of an application, and what it takes off once that is known."""

    coupon_id: int
    reduction_fen: int | None


class Loan(msgspec.Struct, frozen=True):
    """An application under our own request number; `reason` says why the core declined it."""

    id: int
    customer_id: int
    request_no: str
    fingerprint: str
    amount_fen: int
    periods: int
    method: str
    state: LoanState
    reason: str | None
    created_at: datetime
    interface: ports.LoanInterface | None = None
    coupons: list[LoanCoupon] = []

    @property
    def terms(self) -> Terms:
        """The terms it was applied for."""
        return Terms(self.amount_fen, self.periods, self.method)

    @property
    def coupon_ids(self) -> list[int]:
        """Its coupons, in the customer's order."""
        return [one.coupon_id for one in self.coupons]


def core_terms(
    terms: Terms, coupons: Sequence[Coupon], interface: ports.LoanInterface | None = None
) -> ports.LoanTerms:
    """`terms` as the core understands them, reduced by `coupons` in their order."""
    reductions = [
        ports.Reduction(
            coupon_no=str(coupon.id),
            kind=coupon.template.definition.kind,
            value=coupon.template.plain_value,
            repaid_early=coupon.template.definition.use.repaid_early,
        )
        for coupon in coupons
    ]
    return ports.LoanTerms(terms.amount_fen, terms.periods, terms.method, reductions, interface)
