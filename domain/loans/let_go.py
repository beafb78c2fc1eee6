"""The core has been silent about a loan for too long: its coupons are not kept any longer."""

from domain import coupons, customers, outbox
from domain.facts import CouponReleased
from domain.loans import mismatch, store
from domain.loans.loan import Loan
from domain.loans.mismatch import Kind
from domain.loans.states import LoanState
from kit import database, logging

log = logging.get("loans")


async def let_go(asked: Loan) -> None:
    """Release the coupons of a loan that stays `processing`, and write that down; a repeat changes nothing.

    If the core disburses it after all, `conclude` takes the coupons again where they still are. Locks the customer,
    then the loan, then the coupons.
    """
    async with database.transaction() as connection:
        await customers.lock(connection, [asked.customer_id])
        loan = await store.lock(connection, asked.id)
        if loan.state != LoanState.PROCESSING:
            return
        freed = await coupons.release(connection, loan.id, "loan.undecided")
        for coupon_id in freed:
            detail = "the core has not answered since the loan was applied for; the coupon is back in the wallet"
            await mismatch.note(connection, loan.id, coupon_id, Kind.RELEASED_UNDECIDED, detail)
        await outbox.record(connection, [CouponReleased(one, loan.customer_id) for one in freed])
    if freed:
        log.warning("loan.coupons_let_go", loan_id=loan.id, coupons=len(freed))
