"""The core has decided: the loan, its coupon and what follows change together."""

import msgspec

from domain import coupons, customers, outbox
from domain.facts import CouponReleased, CouponUsed
from domain.loans import store
from domain.loans.ask import Outcome
from domain.loans.loan import Loan
from domain.loans.states import LoanState, may
from kit import clock, database, logging

log = logging.get("loans")
_REASON_LENGTH = 128


async def conclude(asked: Loan, outcome: Outcome) -> Loan:
    """Bring the loan into the state the core decided on, redeem or release its coupon; returns the loan as it then is.

    However many conclude the same loan, one does: the others find it decided. Locks the customer, then the loan, then
    the coupon.
    """
    async with database.transaction() as connection:
        await customers.lock(connection, [asked.customer_id])
        loan = await store.lock(connection, asked.id)
        if not may(loan.state, outcome.state):
            return loan
        reason = outcome.reason[:_REASON_LENGTH] if outcome.reason else None
        await connection.execute(
            "UPDATE loan SET state = $2, reason = $3, decided_at = $4 WHERE id = $1",
            loan.id,
            str(outcome.state),
            reason,
            clock.now(),
        )
        if outcome.state == LoanState.DECLINED:
            released = await coupons.release(connection, loan.id, "loan.declined")
            if released is not None:
                await outbox.record(connection, [CouponReleased(released, loan.customer_id)])
        elif loan.coupon_id is not None:
            await _redeem(connection, loan, outcome.reduction_fen)
    log.info("loan.decided", loan_id=loan.id, state=str(outcome.state))
    return msgspec.structs.replace(loan, state=outcome.state, reason=reason)


async def _redeem(connection: database.Connection, loan: Loan, reduction_fen: int) -> None:
    coupon_id = await coupons.redeem(connection, loan.id)
    if coupon_id is None:
        log.error("loan.coupon_gone", loan_id=loan.id, coupon_id=loan.coupon_id, reduction_fen=reduction_fen)
        return
    await outbox.record(connection, [CouponUsed(coupon_id, loan.id, reduction_fen)])
