"""The twin's books: loans and accounting entries in a small SQLite file, so that a restart keeps them."""

import sqlite3
from pathlib import Path

import msgspec

from domain.ports import Instalment, LoanTerms

_TABLES = """
CREATE TABLE IF NOT EXISTS loan (request_no TEXT PRIMARY KEY, booked BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
    request_no TEXT PRIMARY KEY, loan_request_no TEXT NOT NULL, coupon_no TEXT NOT NULL UNIQUE,
    amount_fen INTEGER NOT NULL
);
"""


class BookedLoan(msgspec.Struct, frozen=True):
    """A decided loan request; a declined one has no plan."""

    request_no: str
    customer_no: str
    terms: LoanTerms
    state: str
    reason: str | None
    plan: list[Instalment]


class BookedEntry(msgspec.Struct, frozen=True):
    """A coupon's reduction in the books."""

    request_no: str
    loan_request_no: str
    coupon_no: str
    amount_fen: int


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

    def book_loan(self, loan: BookedLoan) -> None:
        """Keep a decided request."""
        self._file.execute("INSERT INTO loan VALUES (?, ?)", (loan.request_no, msgspec.json.encode(loan)))

    def entry(self, request_no: str, coupon_no: str) -> BookedEntry | None:
        """The entry of this request, or of this coupon."""
        row = self._file.execute(
            "SELECT * FROM entry WHERE request_no = ? OR coupon_no = ? ORDER BY request_no = ? DESC",
            (request_no, coupon_no, request_no),
        ).fetchone()
        return BookedEntry(*row) if row else None

    def book_entry(self, entry: BookedEntry) -> None:
        """Keep an entry."""
        self._file.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", msgspec.structs.astuple(entry))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
