"""What we ask of the outside world. Channels implement these; the server binds them once at start."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from domain.gateways import Push, Sms


class NoAnswer(Exception):
    """The partner did not answer, or answered with a fault of its own: the outcome is unknown, ask again by the
    same request number.
    """


class Refused(Exception):
    """The partner understood and refused; `code` is the partner's own, `message` for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class WeChatNotSent(Refused):
    """WeChat did not take a message, and would not take the same one again now.

    Codes: `wechat.refused_by_user` (43101), `wechat.quota` (45009), `wechat.not_follower` (43004), `wechat.bad_fields`
    (47003), `wechat.window_closed` (45015).
    """


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
    """Who a WeChat login code belongs to; an openid is good for one app only, a unionid for all of one owner's apps.

    `nickname` is there only for a person who consented to it (`snsapi_userinfo`).
    """

    openid: str
    unionid: str | None = None
    nickname: str | None = None


class JsSdkConfig(msgspec.Struct, frozen=True):
    """What `wx.config` of WeChat's JS-SDK asks for; `signature` is good for one address of a page."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


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

    async def exchange_code(self, code: str) -> str:
        """The ticket behind a one-time code. Raises `Refused` (`ticket.bad_code`), `NoAnswer`."""


class WeChat(Protocol):
    """WeChat's open platform: the mini-program (`mini_…`, `phone`, subscribe messages, links) and the official account
    (`web_user`, JS-SDK, notices, customer-service messages). Every coroutine raises `NoAnswer`.
    """

    async def mini_user(self, code: str) -> WeChatUser:
        """Who a mini-program's login code belongs to. Raises `Refused` (`wechat.bad_code`, `wechat.risky_user`,
        `wechat.too_often`).
        """

    async def phone(self, code: str, openid: str) -> str:
        """The number behind a phone code. Raises `Refused` (`wechat.bad_code`, `wechat.too_often`)."""

    async def web_user(self, code: str) -> WeChatUser:
        """Who came back from `authorize_url` with this code. Raises `Refused` (`wechat.bad_code`,
        `wechat.virtual_account`, `wechat.risky_user`, `wechat.too_often`).
        """

    def authorize_url(self, redirect: str, state: str, scope: Literal["snsapi_base", "snsapi_userinfo"]) -> str:
        """Where a page inside WeChat sends its visitor, who comes back to `redirect` with a code and `state` (at most
        128 letters and digits).
        """

    async def js_sdk(self, url: str) -> JsSdkConfig:
        """For the page at `url`; whatever follows `#` does not count."""

    async def send_subscribe(
        self, openid: str, template_id: str, fields: Mapping[str, str], page: str | None
    ) -> str | None:
        """A subscribe message to a user of the mini-program, by its template's fields (`thing1`, `date2`, …); WeChat's
        number of it, where it gives one. Raises `WeChatNotSent`.
        """

    async def send_notice(
        self,
        openid: str,
        template_id: str,
        fields: Mapping[str, str],
        url: str | None,
        dedupe_key: str | None = None,
    ) -> str:
        """A notice (never marketing) of the official account to a follower; WeChat's number of it, by which it reports
        the delivery. The same `dedupe_key` is sent once within ten minutes. Raises `WeChatNotSent`.
        """

    async def send_customer_message(self, openid: str, text: str) -> None:
        """To a follower who wrote or tapped within 48 hours. Raises `WeChatNotSent`."""

    async def url_link(self, path: str, query: str) -> str:
        """A link that opens the mini-program from outside WeChat, good for 30 days. Raises `Refused` (`wechat.quota`,
        `wechat.bad_page`).
        """


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
    """Every partner of this process. Only the worker asks suppliers and sends notifications."""

    card_core: CardCore
    bank_app: BankApp
    wechat: WeChat
    sms: Sms
    suppliers: Suppliers | None = None
    push: Push | None = None


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
