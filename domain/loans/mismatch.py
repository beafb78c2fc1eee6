"""Where the core's loan and our coupons do not fit together: written down once, open until closed with a reason."""

from enum import StrEnum

from kit import clock, logging
from kit.database import Connection

log = logging.get("loans")


class Kind(StrEnum):
    """`released_undecided`: the core was silent for a day, the coupon is back in the wallet. `disbursed_after_release`:
    the core took a coupon off that was not kept for the loan any more. `told_otherwise`: what the core says cannot be.
    `entry_refused`: the core's books do not take an entry.
    """

    RELEASED_UNDECIDED = "released_undecided"
    DISBURSED_AFTER_RELEASE = "disbursed_after_release"
    TOLD_OTHERWISE = "told_otherwise"
    ENTRY_REFUSED = "entry_refused"


async def note(
    connection: Connection,
    loan_id: int,
    coupon_id: int | None,
    kind: Kind,
    detail: str,
    *,
    amount_fen: int = 0,
    closed_because: str | None = None,
) -> None:
    """Write it down, closed at once where what happened has settled it. The caller holds the loan's lock: once for each
    loan, coupon and kind.
    """
    now = clock.now()
    made = await connection.fetchval(
        """INSERT INTO loan_discrepancy (loan_id, coupon_id, kind, amount_fen, detail, state, created_at, closed_at,
                                         reason)
           SELECT $1::bigint, $2::bigint, $3::varchar, $4, $5, $6, $7, $8, $9
           WHERE NOT EXISTS (SELECT FROM loan_discrepancy
                             WHERE loan_id = $1 AND coupon_id IS NOT DISTINCT FROM $2::bigint AND kind = $3::varchar)
           RETURNING id""",
        loan_id,
        coupon_id,
        str(kind),
        amount_fen,
        detail[:200],
        "closed" if closed_because else "open",
        now,
        now if closed_because else None,
        closed_because,
    )
    if made is not None:
        log.warning("loan.discrepancy", loan_id=loan_id, coupon_id=coupon_id, kind=str(kind), detail=detail)


async def settle_by(connection: Connection, loan_id: int, reason: str, *kinds: Kind) -> None:
    """Close what is open of these kinds of a loan: what happened next has settled it."""
    await connection.execute(
        """UPDATE loan_discrepancy SET state = 'closed', closed_at = $3, reason = $4
           WHERE loan_id = $1 AND kind = ANY($2::text[]) AND state = 'open'""",
        loan_id,
        [str(kind) for kind in kinds],
        clock.now(),
        reason,
    )
