"""Asking the core to decide a loan, as often as it takes, always under the same request number."""

import msgspec

from domain import coupons, ports
from domain.loans.core import number_of, refusal_text
from domain.loans.loan import Loan, core_terms
from domain.loans.rules import OCCUPIED_FOR
from domain.loans.states import LENT, LoanState
from domain.loans.trial import reductions_in
from kit import clock, logging

log = logging.get("loans")
_NEVER_ARRIVED = LoanState.DECLINED, "申请未能及时送达银行，请重新申请"


class Outcome(msgspec.Struct, frozen=True):
    """What the core said; `reductions` is what each coupon really takes off. `processing`: it knows the loan, and we do
    not know all yet.
    """

    state: LoanState
    reason: str | None = None
    reductions: dict[int, int] = {}


async def ask(loan: Loan, *, again: bool) -> Outcome | None:
    """What the core says; None while it says nothing.

    The first time the core is asked for the loan. `again` looks first whether it knows the request: if it does not,
    our request was lost and is sent once more under its number, which the core disburses once at most. After the
    deadline it is not sent any more: nobody waits for that loan, and it is over.
    """
    core = ports.get().card_core
    try:
        decision = await core.query_loan(loan.request_no) if again else None
    except (ports.NoAnswer, ports.Refused) as silence:
        _silent(loan, silence)
        return None
    if decision is None and again and clock.now() >= loan.created_at + OCCUPIED_FOR:
        return Outcome(*_NEVER_ARRIVED)
    try:
        decision = decision or await _apply(core, loan)
    except ports.Refused as refused:
        return Outcome(LoanState.DECLINED, refusal_text(refused))
    except ports.NoAnswer as silence:
        _silent(loan, silence)
        return None
    return await _outcome(core, loan, decision)


async def _apply(core: ports.CardCore, loan: Loan) -> ports.LoanDecision:
    chosen = await coupons.of_customer(loan.customer_id, loan.coupon_ids)
    customer_no = await number_of(loan.customer_id)
    return await core.apply_loan(loan.request_no, customer_no, core_terms(loan.terms, chosen, loan.interface))


async def _outcome(core: ports.CardCore, loan: Loan, decision: ports.LoanDecision) -> Outcome:
    state = LoanState(decision.state)
    if state not in LENT or not loan.coupons:
        return Outcome(state, decision.reason)
    try:
        taken_off = reductions_in(await core.loan_plan(loan.request_no))
    except (ports.NoAnswer, ports.Refused) as silence:
        _silent(loan, silence)
        return Outcome(LoanState.PROCESSING)
    return Outcome(state, decision.reason, {one: taken_off.get(str(one), 0) for one in loan.coupon_ids})


def _silent(loan: Loan, silence: Exception) -> None:
    log.info("loan.no_answer", loan_id=loan.id, error=str(silence))
