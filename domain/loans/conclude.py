"""The core has decided: the loan, its coupons and what follows change together."""

from domain import customers
from domain.loans import mismatch, store
from domain.loans.ask import Outcome
from domain.loans.follow import follow
from domain.loans.loan import Loan
from domain.loans.mismatch import Kind
from domain.loans.states import contradicts, may
from kit import database, logging

log = logging.get("loans")
_REASON_LENGTH = 128


async def conclude(asked: Loan, outcome: Outcome, source: str = "core") -> Loan:
    """Bring the loan into the state the core told us, redeem, release or give back its coupons; returns the loan as it
    then is. `source` stands in its history.

    However many conclude the same loan, one does: the others find it decided. What comes late changes nothing; what
    contradicts is written down as a discrepancy. Locks the customer, then the loan, then the coupons.
    """
    async with database.transaction() as connection:
        await customers.lock(connection, [asked.customer_id])
        loan = await store.lock(connection, asked.id)
        if not may(loan.state, outcome.state):
            if contradicts(loan.state, outcome.state):
                detail = f"the core says {outcome.state} ({source}) of a loan that is {loan.state}"
                await mismatch.note(connection, loan.id, None, Kind.TOLD_OTHERWISE, detail)
            return loan
        reason = outcome.reason[:_REASON_LENGTH] if outcome.reason else None
        await store.move(connection, loan, outcome.state, reason, source)
        await follow(connection, loan, outcome)
        concluded = await store.lock(connection, loan.id)
    log.info("loan.decided", loan_id=loan.id, state=str(outcome.state), source=source)
    return concluded
