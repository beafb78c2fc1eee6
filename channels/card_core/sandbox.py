"""The card core's twin: customers, the loan rate, trials, loans and accounting entries over real HTTP.

It decides on its own clock and keeps its books; `decide_next` and `change` let a demo or a test choose.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import msgspec
from sanic import Request

from channels.card_core import sandbox_loans
from channels.card_core import wire_core as wire
from channels.card_core.sandbox_books import BookedEntry, BookedLoan, Books
from channels.card_core.sandbox_changes import Change, changed
from domain.ports import Instalment
from kit import clock
from kit.errors import Conflict, NotFound, RuleViolated
from kit.http import Answer, Routes
from kit.money import percent

YEARLY_RATE = Decimal("0.18")
_GRANTED = "credit.granted"
routes = Routes("card_core_twin", "/card-core")


class CoreRecord(msgspec.Struct, frozen=True):
    """A customer in the core's files, with what it never tells: the phone."""

    customer_no: str
    name: str
    phone: str
    stage: wire.Stage
    card_product: str
    branch: str
    card_last4: str
    billing_day: int
    customer_type: wire.CustomerType = "individual"
    credit_mode: wire.CreditMode = "revolving"
    credit_granted: bool = True


class CardCoreTwin:
    """The twin's state: its customers, its books, and what it will decide next."""

    def __init__(self, customers: Iterable[CoreRecord], books: Books) -> None:
        self.customers = {one.customer_no: one for one in customers}
        self.books = books
        self._next: list[str] = []

    def decide_next(self, decision: str, times: int) -> None:
        """The next `times` new applications end so, replacing what was said before; then it disburses again."""
        self._next = [decision] * times

    def decision(self) -> str:
        """What becomes of a new application."""
        return self._next.pop() if self._next else "disburse"

    def change(self, loan: BookedLoan, change: Change) -> BookedLoan:
        """Let something happen to a loan. Raises `Conflict` (`loan.wrong_state`, `loan.cooling_off_over`)."""
        after = changed(loan, change, clock.today())
        self.books.book_loan(after)
        return after

    def learn(self, told: Mapping[str, Any]) -> None:
        """The core knows what it tells: a status `credit.granted` is one of its customer's too."""
        known, status = self.customers.get(str(told.get("customer_no"))), told.get("attributes")
        if known and told.get("type") == "status" and isinstance(status, dict) and status.get("name") == _GRANTED:
            granted = msgspec.structs.replace(known, credit_granted=status.get("value") is True)
            self.customers[known.customer_no] = granted


@routes.route("GET", "/customers/{customer_no}", tag="customers", public=True, errors=(404,))
async def customer(request: Request, customer_no: str) -> wire.CustomerAnswer:
    """A customer."""
    return _customer_answer(_twin(request).customers.get(unquote(customer_no)))


@routes.route("GET", "/customers/{customer_no}/phone", tag="customers", public=True, errors=(404,))
async def phone_of(request: Request, customer_no: str) -> wire.PhoneAnswer:
    """The number a customer is reached by."""
    known = _twin(request).customers.get(unquote(customer_no))
    if known is None:
        raise NotFound("customer.unknown", "The core does not know this customer")
    return wire.PhoneAnswer(known.phone)


@routes.route("POST", "/customer-lookups", tag="customers", public=True, errors=(404,))
async def customer_of_card(request: Request, body: wire.CardLookup) -> wire.CustomerAnswer:
    """The customer with this phone and a card ending so."""
    return _customer_answer(
        next(
            (
                one
                for one in _twin(request).customers.values()
                if (one.phone, one.card_last4) == (body.phone, body.card_last4)
            ),
            None,
        )
    )


@routes.route("GET", "/rates/loan", tag="loans", public=True)
async def yearly_rate(request: Request) -> wire.RateAnswer:
    """The yearly rate of loans, in percent."""
    return wire.RateAnswer(percent(YEARLY_RATE))


@routes.route("POST", "/loan-trials", tag="loans", public=True, errors=(422,))
async def try_loan(request: Request, body: wire.TrialAsked) -> list[Instalment]:
    """The plan a loan would have if it were disbursed today."""
    return sandbox_loans.plan(body.terms, YEARLY_RATE, clock.today())


@routes.route("POST", "/loans", tag="loans", status=201, also=(200,), public=True, errors=(409, 422))
async def apply_loan(request: Request, body: wire.LoanAsked) -> Answer[wire.DecisionAnswer]:
    """Apply for a loan. The same request number is the same loan; other content under it is refused.

    A decision `silent` books the loan and gives no answer; `undecided` answers `processing` until it is changed.
    """
    twin = _twin(request)
    known = twin.books.loan(body.request_no)
    if known is not None:
        if (known.customer_no, known.terms) != (body.customer_no, body.terms):
            raise Conflict("loan.conflict", "This request number belongs to another application")
        return Answer(_decision_answer(known), status=200)
    sandbox_loans.plan(body.terms, YEARLY_RATE, clock.today())  # refuses what cannot be
    loan = BookedLoan(body.request_no, body.customer_no, body.terms, "processing", None, [], YEARLY_RATE)
    decision = twin.decision()
    if decision != "undecided":
        loan = changed(loan, "decline" if decision == "decline" else "disburse", clock.today())
    twin.books.book_loan(loan)
    request.ctx.silent = decision == "silent"
    return Answer(_decision_answer(loan))


@routes.route("GET", "/loans/{request_no}", tag="loans", public=True, errors=(404,))
async def query_loan(request: Request, request_no: str) -> wire.DecisionAnswer:
    """What became of a loan request."""
    return _decision_answer(_loan(request, request_no))


@routes.route("GET", "/loans/{request_no}/plan", tag="loans", public=True, errors=(404, 409))
async def loan_plan(request: Request, request_no: str) -> list[Instalment]:
    """The repayment plan of a disbursed loan; of one that was repaid early, as it was really paid."""
    loan = _loan(request, request_no)
    if loan.state not in ("disbursed", "repaid_early"):
        raise Conflict("loan.not_disbursed", "Only a disbursed loan has a plan")
    return loan.settled or loan.plan


@routes.route("POST", "/accounting-entries", tag="loans", status=201, also=(200,), public=True, errors=(404, 409, 422))
async def book_entry(request: Request, body: wire.EntryAsked) -> Answer[wire.EntryAnswer]:
    """Book a used coupon's reduction, as much as the plan says: once per request number, and a coupon's next entry only
    after its last was reversed.
    """
    wanted = BookedEntry(body.request_no, body.loan_request_no, body.coupon_no, body.amount_fen)
    books = _twin(request).books
    known = books.entry(wanted.request_no) or books.standing(wanted.coupon_no)
    if known is not None:
        if msgspec.structs.replace(known, reversed_by=None) != wanted:
            raise Conflict("entry.conflict", "This request number or coupon is booked with other content")
        return Answer(wire.EntryAnswer(wanted.request_no), status=200)
    loan = _loan(request, wanted.loan_request_no)
    used = {one.coupon_no for one in loan.terms.reductions}
    if not loan.plan or wanted.coupon_no not in used or wanted.amount_fen not in loan.may_book(wanted.coupon_no):
        raise RuleViolated("entry.amount", "The loan was not reduced so by this coupon")
    books.book_entry(wanted)
    return Answer(wire.EntryAnswer(wanted.request_no))


@routes.route("POST", "/accounting-reversals", tag="loans", status=201, also=(200,), public=True, errors=(404, 409))
async def reverse_entry(request: Request, body: wire.ReversalAsked) -> Answer[wire.EntryAnswer]:
    """Take a booked entry back: once per request number, once per entry."""
    books = _twin(request).books
    known, entry = books.reversed(body.request_no), books.entry(body.entry_request_no)
    if entry is None:
        raise NotFound("entry.unknown", "There is no such entry in the books")
    if known is not None or entry.reversed_by is not None:
        if known != entry:
            raise Conflict("entry.conflict", "This request number or entry is reversed with other content")
        return Answer(wire.EntryAnswer(body.request_no), status=200)
    books.reverse(body.request_no, entry.request_no)
    return Answer(wire.EntryAnswer(body.request_no))


def _twin(request: Request) -> CardCoreTwin:
    twin: CardCoreTwin = request.app.ctx.card_core
    return twin


def _loan(request: Request, request_no: str) -> BookedLoan:
    loan = _twin(request).books.loan(unquote(request_no))
    if loan is None:
        raise NotFound("loan.unknown", "The core has never seen this request")
    return loan


def _customer_answer(found: CoreRecord | None) -> wire.CustomerAnswer:
    if found is None:
        raise NotFound("customer.unknown", "The core does not know this customer")
    return msgspec.convert(found, wire.CustomerAnswer, from_attributes=True)


def _decision_answer(loan: BookedLoan) -> wire.DecisionAnswer:
    return msgspec.convert(loan, wire.DecisionAnswer, from_attributes=True)
