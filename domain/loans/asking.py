"""How a loan is asked for: by which interface, and what of it coupons' rules are judged by."""

import msgspec

from domain import loan_products
from domain.coupons import Use
from domain.loans.core import Borrower
from domain.loans.store import History
from domain.loans.terms import Terms
from domain.ports import LoanInterface
from kit.errors import RuleViolated


class Asking(msgspec.Struct, frozen=True):
    """The interface of an application, and the use a coupon would have in it."""

    interface: LoanInterface
    use: Use


def asking(borrower: Borrower, history: History, terms: Terms) -> Asking:
    """By the loan products this process knows: outside a transaction refresh them first. Raises `RuleViolated`
    (`loan.no_product`).
    """
    scope = "first_drawdown" if history.first_drawdown else "ordinary"
    situation = loan_products.Situation(terms.channel, scope, borrower.customer_type, borrower.credit_mode)
    product = loan_products.product_for(loan_products.catalogue.in_force, situation)
    if product is None:
        raise RuleViolated("loan.no_product", "您当前的渠道或客户类型暂未开放借款")
    interface = LoanInterface(
        scope=scope,
        asset_party=product.asset_party,
        funding_party=product.funding_party,
        channel=terms.channel,
        customer_type=product.customer_type or borrower.customer_type,
        credit_mode=product.credit_mode or borrower.credit_mode,
    )
    use = Use(
        amount_fen=terms.amount_fen,
        periods=terms.periods,
        method=terms.method,
        channel=terms.channel,
        first_drawdown=history.first_drawdown,
        campaigns=history.campaigns,
        asset_party=interface.asset_party,
        funding_party=interface.funding_party,
        customer_type=interface.customer_type,
        credit_mode=interface.credit_mode,
        credit_granted=borrower.credit_granted,
        party_names=loan_products.catalogue.party_names(),
    )
    return Asking(interface, use)
