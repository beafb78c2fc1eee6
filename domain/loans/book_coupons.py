"""Each used coupon gets its entry for the core's books."""

from collections.abc import Sequence

from domain.facts import CouponUsed
from kit import clock, ids
from kit.database import Connection


async def book_used_coupons(connection: Connection, facts: Sequence[CouponUsed]) -> None:
    """Write the entries of used coupons, to be posted by `post_entries`: one per coupon, however often told."""
    await connection.execute(
        """INSERT INTO accounting_entry (coupon_id, loan_id, request_no, amount_fen, state, created_at)
           SELECT coupon_id, loan_id, request_no, amount_fen, 'pending', $5
           FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
             AS t (coupon_id, loan_id, request_no, amount_fen)
           ON CONFLICT (coupon_id) DO NOTHING""",
        [fact.coupon_id for fact in facts],
        [fact.loan_id for fact in facts],
        [ids.request_no("A") for _ in facts],
        [fact.amount_fen for fact in facts],
        clock.now(),
    )
