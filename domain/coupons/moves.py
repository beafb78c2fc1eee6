"""The one place where a coupon changes its state, and its history with it."""

from collections.abc import Sequence
from datetime import datetime

from domain import campaigns
from domain.coupons import states
from domain.coupons.costs import budget_source
from domain.coupons.states import CouponState
from kit import clock
from kit.database import Connection

_REASON_LENGTH = 64
_UNSPENT = frozenset({CouponState.EXPIRED, CouponState.VOIDED})


async def move(
    connection: Connection,
    coupon_ids: Sequence[int],
    before: CouponState,
    after: CouponState,
    reason: str,
    *,
    loan_id: int | None = None,
    occupied_until: datetime | None = None,
) -> None:
    """Move coupons the caller has locked in state `before`; `loan_id` and `occupied_until` become what is given.

    The customers are locked too: change numbers are drawn under their locks. What nobody will use any more gives its
    cost back: the caller has locked those budgets before the coupons (`costs.hold_budgets`).
    """
    if not states.may(before, after):
        raise ValueError(f"a coupon cannot go from {before} to {after}")
    moved = await connection.fetch(
        """WITH moved AS (
             UPDATE coupon SET state = $3, loan_id = $4, occupied_until = $5, change_no = nextval('change_no')
             WHERE id = ANY($1::bigint[]) AND state = $2 RETURNING id, source), noted AS (
             INSERT INTO coupon_move (coupon_id, before, after, reason, moved_at)
             SELECT id, $2, $3, $6, $7 FROM moved ORDER BY id)
           SELECT source FROM moved""",
        list(coupon_ids),
        str(before),
        str(after),
        loan_id,
        occupied_until,
        reason[:_REASON_LENGTH],
        clock.now(),
    )
    if after in _UNSPENT:
        await campaigns.release(connection, [budget_source(row["source"]) for row in moved], reason)
