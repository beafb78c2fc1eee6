"""What a loan would cost, computed by the core, without and with a coupon."""

import asyncio
from decimal import Decimal

import msgspec

from domain import ports
from domain.coupons import Coupon
from domain.loans import rules
from domain.loans.choices import usable_coupon
from domain.loans.core import answering, borrower
from domain.loans.loan import core_terms
from domain.loans.rules import Costs, CostTable
from domain.loans.terms import Terms
from domain.ports import Instalment
from kit.money import percent


class Trial(msgspec.Struct, frozen=True):
    """The plan with the coupon; interest before the reduction; annualised rates in percent, without and with it."""

    plan: list[Instalment]
    interest_fen: int
    reduction_fen: int
    apr_before: str
    apr_after: str
    cost_table: CostTable


async def trial(customer_id: int, terms: Terms, coupon_id: int | None = None) -> Trial:
    """Nothing is kept, no coupon is occupied.

    Raises `Forbidden` (`customer.not_bound`), `NotFound`, `Conflict` (`coupon.not_unused`), `RuleViolated` (the coupon
    does not fit, `loan.refused`), `Unavailable` (`card_core.no_answer`).
    """
    customer_no = await borrower(customer_id)
    coupon = await usable_coupon(customer_id, coupon_id, terms) if coupon_id is not None else None
    return await computed(customer_no, terms, coupon)


async def computed(customer_no: str, terms: Terms, coupon: Coupon | None) -> Trial:
    """The trial itself. Raises `RuleViolated` (`loan.refused`), `Unavailable`."""
    ask = ports.get().card_core.loan_trial
    with answering():
        if coupon is None:
            before = after = await ask(customer_no, core_terms(terms, None))
        else:
            before, after = await asyncio.gather(
                ask(customer_no, core_terms(terms, None)), ask(customer_no, core_terms(terms, coupon))
            )
    costs = Costs(
        interest_fen=sum(instalment.interest_fen for instalment in after),
        reduction_fen=sum(instalment.reduction_fen for instalment in after),
        rate_before=_yearly_rate(terms, before),
        rate_after=_yearly_rate(terms, after),
    )
    return Trial(
        plan=after,
        interest_fen=costs.interest_fen,
        reduction_fen=costs.reduction_fen,
        apr_before=percent(costs.rate_before),
        apr_after=percent(costs.rate_after),
        cost_table=rules.cost_table(terms, costs),
    )


def _yearly_rate(terms: Terms, plan: list[Instalment]) -> Decimal:
    return rules.yearly_rate(terms.amount_fen, [instalment.total_fen for instalment in plan])
