"""What we ask of the outside world. Channels implement these; the server binds them once at start."""

from datetime import date, datetime
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta


class NoAnswer(Exception):
    """The partner did not answer, or answered with a fault of its own: the outcome is unknown, ask again by the
    same request number.
    """


class Refused(Exception):
    """The partner understood and refused; `code` is the partner's own, `message` for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class CoreCustomer(msgspec.Struct, frozen=True):
    """A customer as the card core knows it; on `billing_day` (1 to 31) of a month a billing cycle of theirs begins.

    `customer_type` and `credit_mode` are the core's own words; `credit_granted` says whether there is a credit line.
    """

    customer_no: str
    name: str
    stage: str
    card_product: str | None
    branch: str | None
    card_last4: str | None
    billing_day: int | None = None
    customer_type: str | None = None
    credit_mode: str | None = None
    credit_granted: bool = False


class Ticket(msgspec.Struct, frozen=True):
    """A verified bank-app ticket: who came, and the ticket's own id for spending it once."""

    ticket_id: str
    customer_no: str
    issued_at: datetime
    expires_at: datetime


class WeChatUser(msgspec.Struct, frozen=True):
    """Who a WeChat login code belongs to."""

    openid: str
    unionid: str | None = None


class Reduction(msgspec.Struct, frozen=True):
    """What a coupon takes off a loan: `kind` and `value` as in its template.

    `repaid_early` says what stays of it when the loan is repaid early: `earned` (what the instalments reached by then
    had of it) or `whole` (all of it, up to the interest really charged).
    """

    coupon_no: str
    kind: str
    value: dict[str, int | str]
    repaid_early: str = "earned"


class LoanInterface(msgspec.Struct, frozen=True):
    """By which of the bank's interfaces a loan is asked for: whose asset it becomes, who funds it, for what kind of
    customer and credit line; `scope` is `first_drawdown` or `ordinary`.
    """

    scope: str
    asset_party: str
    funding_party: str
    channel: str | None = None
    customer_type: str | None = None
    credit_mode: str | None = None


class LoanTerms(msgspec.Struct, frozen=True):
    """What a loan would be: amount in fen, number of monthly periods, repayment method, reductions in order."""

    amount_fen: int
    periods: int
    method: str
    reductions: list[Reduction] = []
    interface: LoanInterface | None = None


class CouponReduction(msgspec.Struct, frozen=True):
    """How much one coupon takes off."""

    coupon_no: str
    amount_fen: int


class Instalment(msgspec.Struct, frozen=True):
    """One line of a repayment plan; `total_fen` = principal + interest - reduction, the sum of `reductions`."""

    no: int
    due_date: date
    principal_fen: int
    interest_fen: int
    reduction_fen: int
    total_fen: int
    reductions: list[CouponReduction] = []


class LoanDecision(msgspec.Struct, frozen=True):
    """What became of a request: `processing`, `disbursed`, `declined` (with a reason for a person), and after it was
    disbursed `cancelled` (within the cooling-off, as if it had never been) or `repaid_early`.
    """

    request_no: str
    state: str
    reason: str | None = None


class CardCore(Protocol):
    """The bank's card core. Every verb raises `NoAnswer` when the outcome is unknown, `Refused` when it says no."""

    async def customer(self, customer_no: str) -> CoreCustomer | None: ...

    async def customer_of_card(self, phone: str, card_last4: str) -> CoreCustomer | None: ...

    async def phone_of(self, customer_no: str) -> str | None:
        """The number the bank reaches this customer by; None where it has none, or does not know them."""

    async def yearly_rate(self) -> str: ...

    async def loan_trial(self, customer_no: str, terms: LoanTerms) -> list[Instalment]: ...

    async def apply_loan(self, request_no: str, customer_no: str, terms: LoanTerms) -> LoanDecision:
        """The same `request_no` is the same loan, however often it is sent."""

    async def query_loan(self, request_no: str) -> LoanDecision | None:
        """None: the core has never seen this request."""

    async def loan_plan(self, request_no: str) -> list[Instalment]: ...

    async def post_entry(self, request_no: str, loan_request_no: str, coupon_no: str, amount_fen: int) -> None:
        """Book a used coupon's reduction; the same `request_no` is booked once."""

    async def reverse_entry(self, request_no: str, entry_request_no: str) -> None:
        """Take a booked entry back; the same `request_no` is booked once, and an entry is reversed once."""


class BankApp(Protocol):
    """Single sign-on from the bank's app."""

    def verify_ticket(self, ticket: str) -> Ticket:
        """Signature, audience, age. Raises `Refused`."""


class WeChat(Protocol):
    """WeChat's open platform."""

    async def mini_user(self, code: str) -> WeChatUser:
        """Raises `Refused` for a used or bad code (40029), a risky user (40226); `NoAnswer`."""

    async def phone(self, code: str, openid: str) -> str: ...


class Sms(Protocol):
    """The SMS gateway."""

    async def send(self, phone: str, text: str, dedupe_key: str) -> None: ...


class SupplierIssue(msgspec.Struct, frozen=True):
    """What a supplier says of a request: `issued`, with a code where the benefit has one; `refused` for good, with its
    reason; `processing` where it does not know yet. `issued_at` is by its clock.
    """

    request_no: str
    state: Literal["issued", "refused", "processing"]
    issued_at: Annotated[datetime, Meta(tz=True)] | None = None
    code: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    reference: Annotated[str, Meta(max_length=64)] | None = None
    valid_until: Annotated[datetime, Meta(tz=True)] | None = None
    reason: Annotated[str, Meta(max_length=64)] | None = None


class Suppliers(Protocol):
    """Benefit suppliers that issue on request, each at the address its document names. Every verb raises `NoAnswer`
    when the outcome is unknown.
    """

    async def issue(self, supplier: str, url: str, request_no: str, product: str) -> SupplierIssue:
        """The same `request_no` is issued once, however often it is sent."""

    async def query(self, supplier: str, url: str, request_no: str) -> SupplierIssue | None:
        """None: the supplier has never seen this request."""


class Ports(msgspec.Struct, frozen=True):
    """Every partner of this process. Only the worker asks suppliers."""

    card_core: CardCore
    bank_app: BankApp
    wechat: WeChat
    sms: Sms
    suppliers: Suppliers | None = None


_bound: Ports | None = None


def bind(ports: Ports | None) -> None:
    """Once at start (None takes them away again)."""
    global _bound
    _bound = ports


def get() -> Ports:
    """The partners; a process that has none bound may not ask."""
    if _bound is None:
        raise RuntimeError("no partners are bound to this process")
    return _bound


def suppliers() -> Suppliers:
    """The benefit suppliers; a process that has none bound may not ask."""
    bound = get().suppliers
    if bound is None:
        raise RuntimeError("no suppliers are bound to this process")
    return bound
