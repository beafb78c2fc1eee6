"""Asking the core to decide a loan, as often as it takes, always under the same request number."""

import msgspec

from domain import coupons, ports
from domain.loans.core import borrower, refusal_text
from domain.loans.loan import Loan, core_terms
from domain.loans.states import LoanState
from kit import logging

log = logging.get("loans")


class Outcome(msgspec.Struct, frozen=True):
    """What the core decided; `reduction_fen` is what it really took off the interest."""

    state: LoanState
    reason: str | None = None
    reduction_fen: int = 0


async def ask(loan: Loan, *, again: bool) -> Outcome | None:
    """The core's decision; None while it has none, or does not answer.

    The first time the core is asked for the loan. `again` looks first whether it knows the request: if it does not,
    our request was lost and is sent once more under its number, which the core disburses once at most.
    """
    core = ports.get().card_core
    try:
        decision = await core.query_loan(loan.request_no) if again else None
    except (ports.NoAnswer, ports.Refused) as silence:
        log.info("loan.no_answer", loan_id=loan.id, error=str(silence))
        return None
    try:
        decision = decision or await _apply(core, loan)
    except ports.Refused as refused:
        return Outcome(LoanState.DECLINED, refusal_text(refused))
    except ports.NoAnswer:
        log.info("loan.no_answer", loan_id=loan.id)
        return None
    return await _outcome(core, loan, decision)


async def _apply(core: ports.CardCore, loan: Loan) -> ports.LoanDecision:
    coupon = None
    if loan.coupon_id is not None:
        coupon = (await coupons.read(loan.customer_id, loan.coupon_id)).coupon
    customer_no = await borrower(loan.customer_id)
    return await core.apply_loan(loan.request_no, customer_no, core_terms(loan.terms, coupon))


async def _outcome(core: ports.CardCore, loan: Loan, decision: ports.LoanDecision) -> Outcome | None:
    state = LoanState(decision.state)
    if state == LoanState.PROCESSING:
        return None
    if state == LoanState.DECLINED or loan.coupon_id is None:
        return Outcome(state, decision.reason)
    try:
        plan = await core.loan_plan(loan.request_no)
    except (ports.NoAnswer, ports.Refused) as silence:
        log.info("loan.no_answer", loan_id=loan.id, error=str(silence))
        return None
    return Outcome(state, decision.reason, sum(instalment.reduction_fen for instalment in plan))
