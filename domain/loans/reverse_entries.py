"""What was booked of a coupon did not come about: its entry is reversed."""

from collections.abc import Sequence

from kit import clock, ids
from kit.database import Connection


async def reverse_entries(connection: Connection, loan_id: int, coupon_ids: Sequence[int]) -> list[int]:
    """Reverse the standing entries of these coupons in the loan: an entry of its own each, for `post_entries` to post
    after the one it takes back. Returns the coupons that had one; a repeat finds none.
    """
    rows = await connection.fetch(
        """WITH undone AS (
             UPDATE accounting_entry SET reversed_at = $4
             WHERE loan_id = $1 AND coupon_id = ANY($2::bigint[]) AND reverses_id IS NULL AND reversed_at IS NULL
             RETURNING id, coupon_id, loan_id, amount_fen)
           INSERT INTO accounting_entry (coupon_id, loan_id, request_no, amount_fen, state, created_at, reverses_id)
           SELECT u.coupon_id, u.loan_id, t.request_no, -u.amount_fen, 'pending', $4, u.id
           FROM undone u JOIN unnest($2::bigint[], $3::text[]) AS t (coupon_id, request_no) USING (coupon_id)
           ORDER BY u.id RETURNING coupon_id""",
        loan_id,
        list(coupon_ids),
        [ids.request_no("R") for _ in coupon_ids],
        clock.now(),
    )
    return [row["coupon_id"] for row in rows]
