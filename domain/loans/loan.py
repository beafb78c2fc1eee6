"""A loan application as the house sees it, and as the core is asked for it."""

import msgspec

from domain import ports
from domain.coupons import Coupon
from domain.loans.states import LoanState
from domain.loans.terms import Terms


class Loan(msgspec.Struct, frozen=True):
    """An application under our own request number; `reason` says why the core declined it."""

    id: int
    customer_id: int
    request_no: str
    fingerprint: str
    amount_fen: int
    periods: int
    method: str
    coupon_id: int | None
    state: LoanState
    reason: str | None

    @property
    def terms(self) -> Terms:
        """The terms it was applied for."""
        return Terms(self.amount_fen, self.periods, self.method)


def core_terms(terms: Terms, coupon: Coupon | None) -> ports.LoanTerms:
    """`terms` as the core understands them, reduced by `coupon`."""
    reduction = None
    if coupon is not None:
        template = coupon.template
        reduction = ports.Reduction(str(coupon.id), template.definition.kind, template.plain_value)
    return ports.LoanTerms(terms.amount_fen, terms.periods, terms.method, reduction)
