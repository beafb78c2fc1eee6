"""Keep a coupon for one loan while its outcome is open."""

from datetime import datetime

from domain.coupons import queries, rules
from domain.coupons.coupon import Coupon
from domain.coupons.moves import move
from domain.coupons.states import CouponState
from kit import clock
from kit.database import Connection
from kit.errors import Conflict


async def occupy(connection: Connection, customer_id: int, coupon_id: int, loan_id: int, until: datetime) -> Coupon:
    """Occupy an unused, valid coupon of this customer for `loan_id`; by `until` the loan system has to be asked.

    The caller holds the customer's lock. Locks the coupon. Idempotent for the same loan. Raises `NotFound`, `Conflict`
    (`coupon.not_unused`, `coupon.expired`, `coupon.not_yet_valid`).
    """
    coupon = await queries.locked(connection, customer_id, coupon_id)
    if coupon.state == CouponState.OCCUPIED and coupon.loan_id == loan_id:
        return coupon
    reason = rules.why_not_valid(coupon, clock.now())
    if reason is not None:
        raise Conflict(*reason)
    await move(
        connection,
        [coupon.id],
        CouponState.UNUSED,
        CouponState.OCCUPIED,
        "loan.applied",
        loan_id=loan_id,
        occupied_until=until,
    )
    return coupon
