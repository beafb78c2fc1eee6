"""Rows of the loan table and its history."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from domain.loans.loan import Loan, LoanCoupon
from domain.loans.states import LoanState
from domain.ports import LoanInterface
from kit import clock, database
from kit.database import Connection, Record
from kit.errors import NotFound

COLUMNS = """id, customer_id, request_no, fingerprint, amount_fen, periods, method, state, reason, created_at,
    interface,
    (SELECT coalesce(json_agg(json_build_array(c.coupon_id, c.reduction_fen) ORDER BY c.position), '[]')
     FROM loan_coupon c WHERE c.loan_id = loan.id) AS coupons"""


class History(msgspec.Struct, frozen=True):
    """What a customer borrowed before: whether anything, and by coupons of which campaigns."""

    first_drawdown: bool
    campaigns: frozenset[str]


def loan_of(row: Record) -> Loan:
    """The loan in a row that begins with `COLUMNS`."""
    values = {name: row[name] for name in Loan.__struct_fields__}
    interface = msgspec.json.decode(row["interface"], type=LoanInterface) if row["interface"] else None
    coupons = msgspec.json.decode(row["coupons"], type=list[LoanCoupon])
    return Loan(**{**values, "state": LoanState(row["state"]), "interface": interface, "coupons": coupons})


async def by_key(customer_id: int, idempotency_key: str) -> Loan | None:
    """The loan this customer has applied for under this key."""
    row = await database.fetchrow(
        f"SELECT {COLUMNS} FROM loan WHERE customer_id = $1 AND idempotency_key = $2", customer_id, idempotency_key
    )
    return loan_of(row) if row else None


async def by_request(request_no: str) -> Loan:
    """The loan we asked for under this number. Raises `NotFound`."""
    row = await database.fetchrow(f"SELECT {COLUMNS} FROM loan WHERE request_no = $1", request_no)
    if row is None:
        raise not_found()
    return loan_of(row)


async def history(customer_id: int) -> History:
    """Of loans the customer has, or is about to get: those that came to nothing do not count."""
    row = await database.fetchrow(
        """SELECT count(DISTINCT l.id) = 0, array_agg(DISTINCT v.body ->> 'campaign')
           FROM loan l LEFT JOIN loan_coupon k ON k.loan_id = l.id LEFT JOIN coupon c ON c.id = k.coupon_id
           LEFT JOIN configuration v ON v.id = c.version_id
           WHERE l.customer_id = $1 AND l.state NOT IN ('declined', 'cancelled')""",
        customer_id,
    )
    assert row is not None  # an aggregate always has a row
    return History(row[0], frozenset(campaign for campaign in row[1] or () if campaign is not None))


async def take_due(now: datetime, asked_before: datetime, limit: int) -> list[Loan]:
    """Undecided loans last asked about before `asked_before`, the longest waiting first; marked as asked about now,
    so that no other process asks about the same ones.
    """
    rows = await database.fetch(
        f"""UPDATE loan SET asked_at = $1 WHERE id IN (
              SELECT id FROM loan WHERE state = 'processing' AND asked_at <= $2
              ORDER BY asked_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING {COLUMNS}""",
        now,
        asked_before,
        limit,
    )
    return [loan_of(row) for row in rows]


async def lock(connection: Connection, loan_id: int) -> Loan:
    """The loan as it is now, unchangeable by others until the transaction ends. Raises `NotFound`."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM loan WHERE id = $1 FOR NO KEY UPDATE", loan_id)
    if row is None:
        raise not_found()
    return loan_of(row)


async def move(connection: Connection, loan: Loan, after: LoanState, reason: str | None, source: str) -> None:
    """Bring a locked loan into another state, and its history with it."""
    await connection.execute(
        """WITH moved AS (UPDATE loan SET state = $3, reason = $4, decided_at = $6 WHERE id = $1 RETURNING id)
           INSERT INTO loan_move (loan_id, before, after, source, moved_at) SELECT id, $2, $3, $5, $6 FROM moved""",
        loan.id,
        str(loan.state),
        str(after),
        reason,
        source[:80],
        clock.now(),
    )


async def keep_reductions(connection: Connection, loan: Loan, reductions: Mapping[int, int]) -> None:
    """What each coupon of the loan takes off; one that is not named takes nothing."""
    await connection.execute(
        """UPDATE loan_coupon k SET reduction_fen = t.amount FROM unnest($2::bigint[], $3::bigint[]) AS t (id, amount)
           WHERE k.loan_id = $1 AND k.coupon_id = t.id""",
        loan.id,
        loan.coupon_ids,
        [reductions.get(coupon_id, 0) for coupon_id in loan.coupon_ids],
    )


def not_found() -> NotFound:
    """The refusal where there is no such loan, or not of this customer."""
    return NotFound("loan.not_found", "没有这笔借款")
