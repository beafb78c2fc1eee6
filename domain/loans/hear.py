"""The core tells us by itself what became of a loan."""

from datetime import datetime

import msgspec

from domain.loans import mismatch, store
from domain.loans.ask import Outcome
from domain.loans.conclude import conclude
from domain.loans.mismatch import Kind
from domain.loans.states import LENT, LoanState
from kit import database


class Notice(msgspec.Struct, frozen=True):
    """What the loan of `request_no` is now; `reductions` by the coupons' numbers, for a loan that was disbursed."""

    notice_id: str
    request_no: str
    state: LoanState
    occurred_at: datetime
    reason: str | None
    reductions: dict[str, int]


async def hear(notice: Notice) -> bool:
    """Take over what the notice says; durable when this returns. False where it is known already, or older.

    Idempotent, and the order does not matter: a notice says what is, not what changed. Raises `NotFound` for a request
    that is not ours.
    """
    loan = await store.by_request(notice.request_no)
    reductions = {coupon_id: notice.reductions.get(str(coupon_id), 0) for coupon_id in loan.coupon_ids}
    strangers = sorted(notice.reductions.keys() - {str(coupon_id) for coupon_id in loan.coupon_ids})
    if strangers and notice.state in LENT:
        async with database.transaction() as connection:
            await store.lock(connection, loan.id)
            detail = f"the core reduced the loan by coupons it was not asked for with: {', '.join(strangers)}"
            await mismatch.note(connection, loan.id, None, Kind.TOLD_OTHERWISE, detail)
    outcome = Outcome(notice.state, notice.reason, reductions if notice.state in LENT else {})
    after = await conclude(loan, outcome, f"notice:{notice.notice_id}")
    return loan.state != after.state == notice.state
