"""Each used coupon gets its entry for the core's books."""

from collections.abc import Mapping

from kit import clock, ids
from kit.database import Connection


async def book_coupons(connection: Connection, loan_id: int, amounts: Mapping[int, int]) -> None:
    """Write the entries of coupons, by id, that the caller's transaction has used; `post_entries` posts them.

    A coupon has one standing entry at most: the database refuses another.
    """
    await connection.execute(
        """INSERT INTO accounting_entry (coupon_id, loan_id, request_no, amount_fen, state, created_at)
           SELECT coupon_id, $1, request_no, amount_fen, 'pending', $5
           FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS t (coupon_id, request_no, amount_fen)""",
        loan_id,
        list(amounts),
        [ids.request_no("A") for _ in amounts],
        list(amounts.values()),
        clock.now(),
    )
