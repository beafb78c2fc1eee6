"""Loans the core has not decided yet: ask again until it has."""

import asyncio
from datetime import datetime, timedelta

from domain.loans import store
from domain.loans.ask import ask
from domain.loans.conclude import conclude
from domain.loans.let_go import let_go
from domain.loans.loan import Loan
from domain.loans.rules import GIVEN_UP_AFTER
from domain.loans.states import LoanState
from kit import logging

log = logging.get("loans")
BATCH = 20
ASK_AGAIN_AFTER = timedelta(seconds=15)
"""Longer than a request waits for the core, shorter than the minute in which a declined coupon is back."""


async def settle(now: datetime, limit: int = BATCH) -> int:
    """Ask the core about up to `limit` undecided loans, the longest waiting first; returns how many it has decided.

    Any number may run at once, also beside the request that applied: a loan is concluded once. Loans of which the core
    has said nothing at all for a day let their coupons go, and are asked about further on.
    """
    due = await store.take_due(now, now - ASK_AGAIN_AFTER, limit)
    answers = await asyncio.gather(*(_settle(loan, now) for loan in due), return_exceptions=True)
    for loan, answer in zip(due, answers, strict=True):
        if isinstance(answer, BaseException):
            log.error("loan.settle_failed", loan_id=loan.id, exc_info=answer)
    return sum(1 for answer in answers if answer is True)


async def _settle(loan: Loan, now: datetime) -> bool:
    outcome = await ask(loan, again=True)
    if outcome is None:
        if loan.coupons and now >= loan.created_at + GIVEN_UP_AFTER:
            await let_go(loan)
        return False
    if outcome.state == LoanState.PROCESSING:
        return False
    await conclude(loan, outcome)
    return True
