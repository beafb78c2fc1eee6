"""What a loan would cost, computed by the core, without and with coupons."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from domain import loan_products, ports
from domain.coupons import Coupon
from domain.loans import rules, store
from domain.loans.asking import Asking, asking
from domain.loans.choices import fitting_coupons
from domain.loans.core import Borrower, answering, borrower
from domain.loans.loan import LoanCoupon, core_terms
from domain.loans.rules import Costs, CostTable
from domain.loans.terms import Terms
from domain.ports import Instalment
from kit.money import percent


class Trial(msgspec.Struct, frozen=True):
    """The plan with the coupons; interest before the reduction; annualised rates in percent, without and with it;
    `coupons` says what each takes off.
    """

    plan: list[Instalment]
    interest_fen: int
    reduction_fen: int
    apr_before: str
    apr_after: str
    cost_table: CostTable
    coupons: list[LoanCoupon]


class Tried(msgspec.Struct, frozen=True):
    """A trial, and how it was asked for."""

    trial: Trial
    borrower: Borrower
    asking: Asking


async def trial(customer_id: int, terms: Terms, coupon_ids: Sequence[int] = ()) -> Trial:
    """Nothing is kept, no coupon is occupied.

    Raises `Forbidden` (`customer.not_bound`), `NotFound`, `Conflict` (`coupon.not_unused`), `RuleViolated` (a coupon
    does not fit, `coupon.not_stackable`, `loan.no_product`, `loan.refused`), `Unavailable` (`card_core.no_answer`).
    """
    return (await tried(customer_id, terms, coupon_ids)).trial


async def tried(customer_id: int, terms: Terms, coupon_ids: Sequence[int]) -> Tried:
    """The trial with what led to it. Raises what `trial` raises."""
    who = await borrower(customer_id)
    await loan_products.catalogue.refresh()
    asked = asking(who, await store.history(customer_id), terms)
    coupons = await fitting_coupons(customer_id, coupon_ids, asked.use)
    return Tried(await _computed(who.customer_no, terms, coupons, asked.interface), who, asked)


async def _computed(customer_no: str, terms: Terms, coupons: Sequence[Coupon], interface: ports.LoanInterface) -> Trial:
    ask = ports.get().card_core.loan_trial
    with answering():
        if not coupons:
            before = after = await ask(customer_no, core_terms(terms, [], interface))
        else:
            before, after = await asyncio.gather(
                ask(customer_no, core_terms(terms, [], interface)),
                ask(customer_no, core_terms(terms, coupons, interface)),
            )
    costs = Costs(
        interest_fen=sum(instalment.interest_fen for instalment in after),
        reduction_fen=sum(instalment.reduction_fen for instalment in after),
        rate_before=_yearly_rate(terms, before),
        rate_after=_yearly_rate(terms, after),
    )
    taken_off = reductions_in(after)
    return Trial(
        plan=after,
        interest_fen=costs.interest_fen,
        reduction_fen=costs.reduction_fen,
        apr_before=percent(costs.rate_before),
        apr_after=percent(costs.rate_after),
        cost_table=rules.cost_table(terms, costs),
        coupons=[LoanCoupon(coupon.id, taken_off.get(str(coupon.id), 0)) for coupon in coupons],
    )


def reductions_in(plan: Sequence[Instalment]) -> Mapping[str, int]:
    """What each coupon, by the number the core knows it by, takes off over all instalments."""
    sums: Counter[str] = Counter()
    for instalment in plan:
        sums.update({one.coupon_no: one.amount_fen for one in instalment.reductions})
    return sums


def _yearly_rate(terms: Terms, plan: list[Instalment]) -> Decimal:
    return rules.yearly_rate(terms.amount_fen, [instalment.total_fen for instalment in plan])
