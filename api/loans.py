"""Loans: the trial with and without a coupon, the application, and what became of it."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from api.coupons import Coupon, coupon_number, coupon_of
from api.routes import Subject, customer_routes, number_of
from domain import loans
from domain.loans import Application, LoanState, Terms
from kit import clock
from kit.errors import BadInput, Fault, Forbidden, NotFound
from kit.http import IDEMPOTENCY_KEY, request_key

AmountFen = Annotated[int, Meta(ge=1, le=10**11, description="CNY in fen (1/100 yuan)")]
Periods = Annotated[int, Meta(ge=1, le=60, description="Monthly periods")]
Method = Literal["equal_instalment", "equal_principal", "interest_first", "per_day"]
CouponId = Annotated[str, Meta(min_length=1, max_length=32)]
MOST_COUPONS = 10
_TRIAL = {"amount_fen": 1200000, "periods": 12, "method": "equal_instalment", "coupon_id": "17"}


class LoanQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What the customer would borrow."""

    amount_fen: AmountFen
    periods: Periods
    method: Method


class NewTrial(msgspec.Struct, forbid_unknown_fields=True):
    """What the customer would borrow, with which coupon, or which coupons in which order: all of several must be
    stackable.
    """

    amount_fen: AmountFen
    periods: Periods
    method: Method
    coupon_id: CouponId | None = None
    coupon_ids: Annotated[list[CouponId], Meta(max_length=MOST_COUPONS)] = []


class NewLoan(NewTrial, forbid_unknown_fields=True, kw_only=True):
    """The trial, and the cost table the customer has read: its version, and for how many seconds it was shown."""

    cost_table_version: Annotated[str, Meta(min_length=1, max_length=32)]
    cost_table_seconds: Annotated[int, Meta(ge=0, le=86_400)]


class PlanLine(msgspec.Struct):
    """One instalment; `total_fen` = principal + interest - reduction."""

    no: int
    due_date: date
    principal_fen: int
    interest_fen: int
    reduction_fen: int
    total_fen: int


class CostLine(msgspec.Struct):
    """One line of the cost table."""

    name: str
    text: str


class CostTable(msgspec.Struct):
    """All costs of the loan; it has to be shown for `reading_seconds` before it may be confirmed."""

    version: str
    reading_seconds: int
    items: list[CostLine]


class CouponReduction(msgspec.Struct):
    """What a coupon takes off in all; null while the core has not said."""

    coupon_id: str
    reduction_fen: int | None


class Trial(msgspec.Struct):
    """The plan with the coupons; rates in percent a year, by IRR, without and with them."""

    plan: list[PlanLine]
    interest_fen: int
    reduction_fen: int
    apr_before: str
    apr_after: str
    cost_table: CostTable
    coupons: list[CouponReduction]


class CouponChoice(msgspec.Struct):
    """A coupon, and why it cannot be used for this loan; only stackable ones can be used together."""

    coupon: Coupon
    usable: bool
    reason: str | None
    stackable: bool


class CouponChoices(msgspec.Struct):
    """The customer's coupons, those that can be used first."""

    items: list[CouponChoice]


class LoanRef(msgspec.Struct):
    """An application and where it is."""

    loan_id: str
    state: LoanState


class Loan(LoanRef):
    """A loan as it was applied for; `coupon_id` is the first of its coupons; `reason` says why it was declined."""

    amount_fen: int
    periods: int
    method: Method
    coupon_id: str | None
    coupons: list[CouponReduction]
    reason: str | None


class ConfirmedCosts(CostTable):
    """The cost table exactly as it was confirmed, and for how many seconds it had been shown."""

    seconds: int
    confirmed_at: datetime


class LoanPlan(msgspec.Struct):
    """The repayment plan of a disbursed loan."""

    plan: list[PlanLine]


@customer_routes.route("POST", "/loan-trials", tag="loan", errors=(403, 404, 409, 422, 503), example=_TRIAL)
async def try_loan(request: Request, body: NewTrial, subject: Subject) -> Trial:
    """What a loan would cost, without and with coupons. Nothing is kept."""
    _check_bound(subject)
    found = await loans.trial(subject.customer_id, _terms(body, subject), _coupon_ids(body))
    return Trial(
        plan=_plan(found.plan),
        interest_fen=found.interest_fen,
        reduction_fen=found.reduction_fen,
        apr_before=found.apr_before,
        apr_after=found.apr_after,
        cost_table=msgspec.convert(found.cost_table, CostTable, from_attributes=True),
        coupons=_reductions(found.coupons),
    )


@customer_routes.route("GET", "/loan-trials/coupons", tag="loan", errors=(403, 422, 503))
async def list_coupon_choices(request: Request, query: LoanQuery, subject: Subject) -> CouponChoices:
    """Which coupons this loan could use, and why not the others."""
    _check_bound(subject)
    choices = await loans.coupons_for(subject.customer_id, _terms(query, subject))
    now = clock.now()
    return CouponChoices(
        [
            CouponChoice(coupon_of(choice.coupon, now), choice.reason is None, choice.reason, choice.stackable)
            for choice in choices
        ]
    )


@customer_routes.route(
    "POST",
    "/loans",
    tag="loan",
    status=202,
    errors=(403, 404, 409, 422, 503),
    headers=(IDEMPOTENCY_KEY,),
    example={**_TRIAL, "cost_table_version": "5f0c6a3b9d21e874", "cost_table_seconds": 8},
)
async def apply_for_loan(request: Request, body: NewLoan, subject: Subject) -> LoanRef:
    """Apply for a loan. The same Idempotency-Key is the same loan; ask for its state until it is decided."""
    key = request_key(request)
    _check_bound(subject)
    application = Application(
        _terms(body, subject), _coupon_ids(body), body.cost_table_version, body.cost_table_seconds
    )
    loan = await loans.apply(subject.customer_id, application, key)
    return LoanRef(str(loan.id), loan.state)


@customer_routes.route("GET", "/loans/{loan_id}", tag="loan", errors=(404,))
async def read_loan(request: Request, loan_id: str, subject: Subject) -> Loan:
    """One of this customer's loans."""
    loan = await loans.read(subject.customer_id, _loan_number(loan_id))
    return Loan(
        loan_id=str(loan.id),
        state=loan.state,
        amount_fen=loan.amount_fen,
        periods=loan.periods,
        method=loan.method,  # type: ignore[arg-type]  # the column holds nothing else
        coupon_id=str(loan.coupon_ids[0]) if loan.coupons else None,
        coupons=_reductions(loan.coupons),
        reason=loan.reason,
    )


@customer_routes.route("GET", "/loans/{loan_id}/plan", tag="loan", errors=(404, 409, 422, 503))
async def read_loan_plan(request: Request, loan_id: str, subject: Subject) -> LoanPlan:
    """The repayment plan, with what the coupon takes off each instalment."""
    return LoanPlan(_plan(await loans.plan(subject.customer_id, _loan_number(loan_id))))


@customer_routes.route("GET", "/loans/{loan_id}/cost-table", tag="loan", errors=(404,))
async def read_confirmed_costs(request: Request, loan_id: str, subject: Subject) -> ConfirmedCosts:
    """The cost table the customer confirmed when applying, word by word."""
    found = await loans.confirmation(subject.customer_id, _loan_number(loan_id))
    table = msgspec.convert(found.table, CostTable, from_attributes=True)
    return ConfirmedCosts(**msgspec.structs.asdict(table), seconds=found.seconds, confirmed_at=found.confirmed_at)


def _check_bound(subject: Subject) -> None:
    if not subject.bound:
        raise Forbidden("customer.not_bound", "请先绑定信用卡，再申请借款")


def _terms(asked: NewTrial | LoanQuery, subject: Subject) -> Terms:
    return Terms(asked.amount_fen, asked.periods, asked.method, subject.channel)


def _coupon_ids(asked: NewTrial) -> list[int]:
    """`coupon_id` first, which `coupon_ids` may name again. Raises `BadInput` for one they name twice."""
    for place, one in enumerate(asked.coupon_ids):
        if one in asked.coupon_ids[:place]:
            fault = Fault(f"coupon_ids[{place}]", "repeated", "each coupon once")
            raise BadInput("request.invalid", "同一张券不能重复使用", [fault])
    first = [asked.coupon_id] if asked.coupon_id is not None else []
    return list(dict.fromkeys(coupon_number(one) for one in [*first, *asked.coupon_ids]))


def _reductions(coupons: list[loans.LoanCoupon]) -> list[CouponReduction]:
    return [CouponReduction(str(one.coupon_id), one.reduction_fen) for one in coupons]


def _loan_number(text: str) -> int:
    return number_of(text, NotFound("loan.not_found", "没有这笔借款"))


def _plan(plan: list[loans.Instalment]) -> list[PlanLine]:
    return msgspec.convert(plan, list[PlanLine], from_attributes=True)
