"""A benefit supplier's twin: it issues on request over real HTTP, sees codes used, and keeps a ledger of its own."""

import secrets
import sqlite3
from datetime import date, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from sanic import Request

from channels.card_core import signature
from channels.suppliers.client import PARTNER
from channels.suppliers.wire import IssueAsked, IssueQueried
from domain.ports import SupplierIssue
from kit import clock, ids
from kit.errors import Conflict, NotFound, RuleViolated, Unauthenticated
from kit.http import Answer, Routes

COST_FEN = 2_000
PRODUCTS_WITHOUT_CODE = ("top-up",)
UNKNOWN_PRODUCT = "unknown"
_TABLES = """
CREATE TABLE IF NOT EXISTS issue (
    supplier TEXT NOT NULL, request_no TEXT NOT NULL, product TEXT NOT NULL, state TEXT NOT NULL, code TEXT,
    at TEXT NOT NULL, cost_fen INTEGER NOT NULL, PRIMARY KEY (supplier, request_no));
CREATE TABLE IF NOT EXISTS usage (
    supplier TEXT NOT NULL, usage_no TEXT NOT NULL, request_no TEXT, code TEXT, at TEXT NOT NULL, cost_fen INTEGER,
    PRIMARY KEY (supplier, usage_no));
"""
routes = Routes("suppliers_twin", "/suppliers")


class Issue(msgspec.Struct, frozen=True):
    """A request in the ledger; `state` is `issued`, `refused` or `processing`."""

    request_no: str
    product: str
    state: str
    code: str | None
    at: str
    cost_fen: int


class Used(msgspec.Struct, frozen=True):
    """A usage in the ledger."""

    usage_no: str
    request_no: str | None
    code: str | None
    at: str
    cost_fen: int | None


class SuppliersTwin:
    """The ledgers of all suppliers in one SQLite file, and how the next requests end; `key` is the platform's."""

    def __init__(self, file: Path, key: RSAPublicKey) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(file, isolation_level=None)
        self._file.executescript(_TABLES)
        self._key = key
        self._nonces: set[str] = set()
        self._next: list[str] = []

    def admit(self, request: Request) -> None:
        """Whoever asks is the platform, now, and for the first time with this nonce. Raises `Unauthenticated`."""
        signed = signature.verify(request.headers, request.body, {PARTNER: self._key}, clock.now())
        if signed.nonce in self._nonces:
            raise Unauthenticated("signature.used_nonce", "This X-Nonce has been used")
        self._nonces.add(signed.nonce)

    def decide_next(self, decision: str, times: int) -> None:
        """The next `times` new requests end so, replacing what was said before; then it issues again."""
        self._next = [decision] * times

    def order(self, supplier: str, asked: IssueAsked) -> tuple[Issue, bool]:
        """The request in the ledger, and whether it is new. Raises `Conflict` for another product under its number."""
        known = self.issue(supplier, asked.request_no)
        if known is not None:
            if known.product != asked.product:
                raise Conflict("issue.conflict", "This request number belongs to another order")
            return known, False
        decision = self._next.pop() if self._next else "issued"
        code = f"{supplier[:4].upper()}-{secrets.token_hex(6).upper()}"
        has_code = decision != "refused" and asked.product not in PRODUCTS_WITHOUT_CODE
        made = Issue(asked.request_no, asked.product, decision, code if has_code else None, _now(), COST_FEN)
        self.book(supplier, made)
        return made, True

    def book(self, supplier: str, made: Issue) -> None:
        """Write a request into the ledger."""
        self._file.execute("INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?)", (supplier, *msgspec.structs.astuple(made)))

    def settled(self, supplier: str, request_no: str) -> Issue | None:
        """What became of a request; what was processing is issued by the time it is asked about."""
        self._file.execute(
            "UPDATE issue SET state = 'issued' WHERE supplier = ? AND request_no = ? AND state = 'processing'",
            (supplier, request_no),
        )
        return self.issue(supplier, request_no)

    def issue(self, supplier: str, request_no: str) -> Issue | None:
        """A request in the ledger."""
        row = self._file.execute(
            "SELECT request_no, product, state, code, at, cost_fen FROM issue WHERE supplier = ? AND request_no = ?",
            (supplier, request_no),
        ).fetchone()
        return Issue(*row) if row else None

    def issues(self, supplier: str, day: date | None = None) -> list[Issue]:
        """The ledger of requests (of a day in Shanghai), the oldest first."""
        rows = self._file.execute(
            """SELECT request_no, product, state, code, at, cost_fen FROM issue
               WHERE supplier = ? AND (? IS NULL OR substr(at, 1, 10) = ?) ORDER BY rowid""",
            (supplier, *_twice(day)),
        )
        return [Issue(*row) for row in rows]

    def use(self, supplier: str, used: Used) -> None:
        """Write a usage down; the same number is written once."""
        values = (supplier, *msgspec.structs.astuple(used))
        self._file.execute("INSERT OR IGNORE INTO usage VALUES (?, ?, ?, ?, ?, ?)", values)

    def usages(self, supplier: str, day: date | None = None) -> list[Used]:
        """The ledger of usages (of a day in Shanghai), the oldest first."""
        rows = self._file.execute(
            """SELECT usage_no, request_no, code, at, cost_fen FROM usage
               WHERE supplier = ? AND (? IS NULL OR substr(at, 1, 10) = ?) ORDER BY rowid""",
            (supplier, *_twice(day)),
        )
        return [Used(*row) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@routes.route(
    "POST", "/{supplier}/issues", tag="suppliers", status=201, also=(200,), public=True, errors=(401, 409, 422)
)
async def issue(request: Request, supplier: str, body: IssueAsked) -> Answer[SupplierIssue]:
    """Issue one of a product. The same request number is issued once, however often it is sent."""
    twin = _twin(request)
    twin.admit(request)
    if body.product == UNKNOWN_PRODUCT:
        raise RuleViolated("product.unknown", "We have no such product")
    made, new = twin.order(supplier, body)
    return Answer(_said(made), status=201 if new else 200)


@routes.route("POST", "/{supplier}/issue-queries", tag="suppliers", public=True, errors=(401, 404))
async def query_issue(request: Request, supplier: str, body: IssueQueried) -> SupplierIssue:
    """What became of a request."""
    twin = _twin(request)
    twin.admit(request)
    made = twin.settled(supplier, body.request_no)
    if made is None:
        raise NotFound("issue.unknown", "We have never seen this request")
    return _said(made)


def usage_no() -> str:
    """A number for a usage that was given none."""
    return ids.request_no("U")


def _twin(request: Request) -> SuppliersTwin:
    twin: SuppliersTwin = request.app.ctx.suppliers
    return twin


def _said(made: Issue) -> SupplierIssue:
    if made.state != "issued":
        reason = "product.sold_out" if made.state == "refused" else None
        return SupplierIssue(made.request_no, made.state, reason=reason)  # type: ignore[arg-type]  # of the ledger
    at = datetime.fromisoformat(made.at)
    return SupplierIssue(made.request_no, "issued", at, made.code, f"R{made.request_no[-12:]}")


def _now() -> str:
    return clock.local_text(clock.now())


def _twice(day: date | None) -> tuple[str | None, str | None]:
    text = day.isoformat() if day else None
    return text, text
