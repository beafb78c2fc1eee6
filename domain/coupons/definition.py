"""A coupon template as operators write it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.loan_products import CreditMode, CustomerType

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
Amount = Annotated[int, Meta(ge=1, le=10**11)]
Count = Annotated[int, Meta(ge=1, le=2_000_000_000)]
Periods = Annotated[int, Meta(ge=1, le=60)]
Method = Literal["equal_instalment", "equal_principal", "interest_first", "per_day"]
Channel = Literal["bank_app", "wechat_mini", "wechat_h5"]


class CouponKind(StrEnum):
    """What a coupon is worth something for."""

    INTEREST_FREE_DAYS = "interest_free_days"
    INTEREST_DISCOUNT = "interest_discount"
    REPAYMENT = "repayment"
    RED_PACKET = "red_packet"
    PHONE_CREDIT = "phone_credit"
    POINTS = "points"


LOAN_KINDS = frozenset({CouponKind.INTEREST_FREE_DAYS, CouponKind.INTEREST_DISCOUNT, CouponKind.REPAYMENT})


class CouponValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What it is worth; which fields apply depends on the kind. `rate_off` is the share of the interest taken off the
    first `periods` instalments, at most `cap_fen`; points are counted in their own number.
    """

    days: Annotated[int, Meta(ge=1, le=366)] | None = None
    rate_off: Annotated[str, Meta(pattern=r"^(0\.[0-9]{1,4}|1(\.0{1,4})?)\Z", examples=["0.20"])] | None = None
    periods: Periods | None = None
    cap_fen: Amount | None = None
    amount_fen: Amount | None = None
    points: Amount | None = None


class IssueWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When it may be issued (`until` not included); `centre` shows it in the coupon centre, to those of `audience` but
    not to those of `exclude`. What is issued in any other way is not bound by them.
    """

    from_: Instant | None = msgspec.field(default=None, name="from")
    until: Instant | None = None
    centre: bool = False
    audience: Code | None = None
    exclude: Code | None = None


class DynamicValidity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="mode", tag="dynamic"):
    """Valid for `days`, beginning `effective_after_days` after its issue."""

    days: Annotated[int, Meta(ge=1, le=3660)]
    effective_after_days: Annotated[int, Meta(ge=0, le=3660)] = 0


class FixedValidity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="mode", tag="fixed"):
    """Valid between two instants, whenever it was issued."""

    from_: Instant = msgspec.field(name="from")
    until: Instant


class UseRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which loans it may be used for; an empty list asks for nothing.

    `scope`: the customer's `first_drawdown` ever, the `first_in_campaign` (no loan used a coupon of its campaign yet),
    `ordinary` ones (not the first), or any of a customer to whom the core has a `credit_granted`. Parties are those of
    the loan products. `cancelled` and `repaid_early` say what becomes of it when that happens to its loan.
    """

    channels: list[Channel] = []
    scope: Literal["any", "first_drawdown", "first_in_campaign", "ordinary", "credit_granted"] = "any"
    asset_parties: list[Code] = []
    funding_parties: list[Code] = []
    customer_types: list[CustomerType] = []
    credit_modes: list[CreditMode] = []
    min_loan_fen: Annotated[int, Meta(ge=0, le=10**11)] = 0
    max_loan_fen: Amount | None = None
    periods: list[Periods] = []
    methods: list[Method] = []
    stacking: Literal["exclusive", "stackable"] = "exclusive"
    cancelled: Literal["return", "forfeit"] = "return"
    repaid_early: Literal["earned", "whole"] = "earned"


class ExpiringReminder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which message an unused coupon brings `hours` before its validity ends."""

    hours: Annotated[int, Meta(ge=1, le=24 * 90)]
    template: Code


class Reminders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`opening` is the message for those who asked, in the coupon centre, to be told when it opens."""

    expiring: ExpiringReminder | None = None
    opening: Code | None = None


class CouponTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/coupon-templates/{code}`; a cap of null is no cap."""

    name: Name
    kind: CouponKind
    value: CouponValue
    validity: DynamicValidity | FixedValidity
    stock: Count
    campaign: Code | None = None
    issue: IssueWindow = IssueWindow()
    daily_cap: Count | None = None
    per_person: Count | None = 1
    cost_fen: Annotated[int, Meta(ge=0, le=10**11)] = 0
    use: UseRules = UseRules()
    remind: Reminders = Reminders()
