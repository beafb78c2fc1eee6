"""The twin's books: loans and accounting entries in a small SQLite file, so that a restart keeps them."""

import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from domain.ports import Instalment, LoanTerms

_TABLES = """
CREATE TABLE IF NOT EXISTS loan (request_no TEXT PRIMARY KEY, booked BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS accounting_entry (
    request_no TEXT PRIMARY KEY, loan_request_no TEXT NOT NULL, coupon_no TEXT NOT NULL, amount_fen INTEGER NOT NULL,
    reversed_by TEXT UNIQUE
);
CREATE UNIQUE INDEX IF NOT EXISTS one_standing_entry ON accounting_entry (coupon_no) WHERE reversed_by IS NULL;
"""
_ENTRY = "SELECT request_no, loan_request_no, coupon_no, amount_fen, reversed_by FROM accounting_entry"


class BookedLoan(msgspec.Struct, frozen=True):
    """A loan request; only one that was disbursed has a plan. `settled` is the plan as an early repayment left it."""

    request_no: str
    customer_no: str
    terms: LoanTerms
    state: str
    reason: str | None
    plan: list[Instalment]
    rate: Decimal = Decimal("0.18")
    disbursed_on: date | None = None
    settled: list[Instalment] | None = None

    def reduced_by(self) -> dict[str, int]:
        """What each coupon takes off, as things stand: nothing from a loan that came to nothing."""
        lines = [] if self.state == "cancelled" else self.settled or self.plan
        return _sums(lines)

    def may_book(self, coupon_no: str) -> set[int]:
        """The amounts an entry of this coupon may have: by the plan, and by what an early repayment left of it."""
        plans = [self.plan] if self.settled is None else [self.plan, self.settled]
        return {_sums(lines).get(coupon_no, 0) for lines in plans}


class BookedEntry(msgspec.Struct, frozen=True):
    """A coupon's reduction in the books; `reversed_by` is the request that took it back."""

    request_no: str
    loan_request_no: str
    coupon_no: str
    amount_fen: int
    reversed_by: str | None = None


class Books:
    """One file, one process; each write is committed before it returns."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(file, isolation_level=None)
        self._file.executescript(_TABLES)

    def loan(self, request_no: str) -> BookedLoan | None:
        """The loan of this request."""
        row = self._file.execute("SELECT booked FROM loan WHERE request_no = ?", (request_no,)).fetchone()
        return msgspec.json.decode(row[0], type=BookedLoan) if row else None

    def last_loan(self, customer_no: str) -> BookedLoan | None:
        """The newest request of this customer."""
        for (booked,) in self._file.execute("SELECT booked FROM loan ORDER BY rowid DESC"):
            loan = msgspec.json.decode(booked, type=BookedLoan)
            if loan.customer_no == customer_no:
                return loan
        return None

    def book_loan(self, loan: BookedLoan) -> None:
        """Keep a request, or what has become of it."""
        self._file.execute(
            "INSERT INTO loan VALUES (?, ?) ON CONFLICT (request_no) DO UPDATE SET booked = excluded.booked",
            (loan.request_no, msgspec.json.encode(loan)),
        )

    def entry(self, request_no: str) -> BookedEntry | None:
        """The entry of this request."""
        return self._one(f"{_ENTRY} WHERE request_no = ?", request_no)

    def standing(self, coupon_no: str) -> BookedEntry | None:
        """The entry of this coupon that nothing has taken back."""
        return self._one(f"{_ENTRY} WHERE coupon_no = ? AND reversed_by IS NULL", coupon_no)

    def reversed(self, request_no: str) -> BookedEntry | None:
        """The entry that the reversal of this request took back."""
        return self._one(f"{_ENTRY} WHERE reversed_by = ?", request_no)

    def entries(self) -> list[BookedEntry]:
        """All of them."""
        return [BookedEntry(*row) for row in self._file.execute(_ENTRY)]

    def book_entry(self, entry: BookedEntry) -> None:
        """Keep an entry."""
        self._file.execute("INSERT INTO accounting_entry VALUES (?, ?, ?, ?, ?)", msgspec.structs.astuple(entry))

    def reverse(self, request_no: str, entry_request_no: str) -> None:
        """Take an entry back."""
        self._file.execute(
            "UPDATE accounting_entry SET reversed_by = ? WHERE request_no = ?", (request_no, entry_request_no)
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _one(self, sql: str, value: str) -> BookedEntry | None:
        row = self._file.execute(sql, (value,)).fetchone()
        return BookedEntry(*row) if row else None


def _sums(lines: list[Instalment]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        for one in line.reductions:
            sums[one.coupon_no] = sums.get(one.coupon_no, 0) + one.amount_fen
    return sums
