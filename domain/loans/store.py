"""Rows of the loan table."""

from datetime import datetime

from domain.loans.loan import Loan
from domain.loans.states import LoanState
from kit import database
from kit.database import Connection, Record
from kit.errors import NotFound

COLUMNS = "id, customer_id, request_no, fingerprint, amount_fen, periods, method, coupon_id, state, reason"


def loan_of(row: Record) -> Loan:
    """The loan in a row that begins with `COLUMNS`."""
    values = {name: row[name] for name in Loan.__struct_fields__}
    return Loan(**{**values, "state": LoanState(row["state"])})


async def by_key(customer_id: int, idempotency_key: str) -> Loan | None:
    """The loan this customer has applied for under this key."""
    row = await database.fetchrow(
        f"SELECT {COLUMNS} FROM loan WHERE customer_id = $1 AND idempotency_key = $2", customer_id, idempotency_key
    )
    return loan_of(row) if row else None


async def has_borrowed(customer_id: int) -> bool:
    """Whether the customer has, or is about to get, a loan from us."""
    return bool(
        await database.fetchval(
            "SELECT EXISTS (SELECT FROM loan WHERE customer_id = $1 AND state <> 'declined')", customer_id
        )
    )


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


def not_found() -> NotFound:
    """The refusal where there is no such loan, or not of this customer."""
    return NotFound("loan.not_found", "没有这笔借款")
