"""What follows from a loan's new state for its coupons, the core's books and the list of discrepancies."""

from domain import coupons, outbox
from domain.facts import CouponReleased, CouponUsed
from domain.loans import mismatch, store
from domain.loans.ask import Outcome
from domain.loans.book_coupons import book_coupons
from domain.loans.loan import Loan
from domain.loans.mismatch import Kind
from domain.loans.reverse_entries import reverse_entries
from domain.loans.states import LENT, LoanState
from kit import clock
from kit.database import Connection
from kit.errors import DomainError


async def follow(connection: Connection, loan: Loan, outcome: Outcome) -> None:
    """`loan` is locked and as it was before; all of this commits with its move."""
    if outcome.state not in LENT:
        await _come_to_nothing(connection, loan, f"loan.{outcome.state}")
    elif loan.state == LoanState.DISBURSED:
        await _earn(connection, loan, outcome.reductions)
    else:
        await _use(connection, loan, outcome.reductions)


async def _use(connection: Connection, loan: Loan, reductions: dict[int, int]) -> None:
    """Redeem what is occupied; what was released meanwhile is taken again if it is still there."""
    used = set(await coupons.redeem(connection, loan.id))
    for coupon_id in set(loan.coupon_ids) - used:
        taken = await _take_again(connection, loan, coupon_id)
        await mismatch.note(
            connection,
            loan.id,
            coupon_id,
            Kind.DISBURSED_AFTER_RELEASE,
            "the core took this coupon off after it had been released",
            amount_fen=reductions.get(coupon_id, 0),
            closed_because="the coupon was still unused and is used now" if taken else None,
        )
        used |= {coupon_id} if taken else set()
    await mismatch.settle_by(connection, loan.id, "the core disbursed it", Kind.RELEASED_UNDECIDED)
    await store.keep_reductions(connection, loan, reductions)
    amounts = {coupon_id: reductions.get(coupon_id, 0) for coupon_id in sorted(used)}
    await book_coupons(connection, loan.id, amounts)
    await outbox.record(connection, [CouponUsed(one, loan.id, amount) for one, amount in amounts.items()])


async def _take_again(connection: Connection, loan: Loan, coupon_id: int) -> bool:
    try:
        await coupons.occupy(connection, loan.customer_id, coupon_id, loan.id, clock.now())
    except DomainError:
        return False
    return await coupons.redeem(connection, loan.id, [coupon_id]) == [coupon_id]


async def _earn(connection: Connection, loan: Loan, earned: dict[int, int]) -> None:
    """Repaid early: a coupon stays used, for what it really took off."""
    booked = {one.coupon_id: one.reduction_fen or 0 for one in loan.coupons}
    less = {one: earned.get(one, 0) for one in booked if earned.get(one, 0) < booked[one]}
    for coupon_id in booked.keys() - less.keys():
        if earned.get(coupon_id, 0) > booked[coupon_id]:
            detail = (
                f"repaid early, the core says {earned[coupon_id]} fen were taken off instead of {booked[coupon_id]}"
            )
            await mismatch.note(connection, loan.id, coupon_id, Kind.TOLD_OTHERWISE, detail)
    standing = await reverse_entries(connection, loan.id, list(less))
    await book_coupons(connection, loan.id, {one: less[one] for one in sorted(standing)})
    await store.keep_reductions(connection, loan, {**booked, **less})


async def _come_to_nothing(connection: Connection, loan: Loan, reason: str) -> None:
    """Declined, or cancelled as if it had never been: nothing is booked any more, the coupons go back."""
    await reverse_entries(connection, loan.id, loan.coupon_ids)
    freed = await coupons.release(connection, loan.id, reason)
    freed += await coupons.give_back(connection, loan.id, reason)
    await store.keep_reductions(connection, loan, {})
    await mismatch.settle_by(
        connection, loan.id, f"nothing was taken off: {reason}", Kind.RELEASED_UNDECIDED, Kind.DISBURSED_AFTER_RELEASE
    )
    await outbox.record(connection, [CouponReleased(one, loan.customer_id) for one in freed])
