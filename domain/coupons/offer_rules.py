"""What the coupon centre says about an offer, and how a claim of it is named. Pure."""

import hashlib
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.coupons.definition import CouponTemplate, FixedValidity
from domain.coupons.texts import day_text

_FEW_IN = 10
"""Less than one in so many is few."""


class OfferState(StrEnum):
    """What a customer can do about an offer now."""

    OPEN = "open"
    UPCOMING = "upcoming"
    CLAIMED = "claimed"
    OUT_TODAY = "out_today"
    OUT = "out"


class Left(StrEnum):
    """How much is left: exact figures would be old before they are read."""

    PLENTY = "plenty"
    FEW = "few"
    NONE = "none"


REASONS = {
    OfferState.UPCOMING: "还没到领取时间",
    OfferState.CLAIMED: "已达到每人领取上限",
    OfferState.OUT_TODAY: "今日已领完，明天再来",
    OfferState.OUT: "已被领完",
}


class Counted(msgspec.Struct, frozen=True):
    """What counts against the caps of a template: issued in all, on this day, and to this customer."""

    issued: int
    today: int
    held: int


def is_over(definition: CouponTemplate, now: datetime) -> bool:
    """Whether it will never be issued again under this version."""
    validity, until = definition.validity, definition.issue.until
    if isinstance(validity, FixedValidity) and now >= validity.until:
        return True
    return until is not None and now >= until


def state_of(definition: CouponTemplate, counted: Counted, now: datetime) -> OfferState:
    """The state of an offer that is not over; the customer's own cap is told before anybody else's."""
    if definition.issue.from_ is not None and now < definition.issue.from_:
        return OfferState.UPCOMING
    if definition.per_person is not None and counted.held >= definition.per_person:
        return OfferState.CLAIMED
    if counted.issued >= definition.stock:
        return OfferState.OUT
    if definition.daily_cap is not None and counted.today >= definition.daily_cap:
        return OfferState.OUT_TODAY
    return OfferState.OPEN


def left_of(definition: CouponTemplate, counted: Counted) -> Left:
    """How much there is for anybody today."""
    caps = [(definition.stock - counted.issued, definition.stock)]
    if definition.daily_cap is not None:
        caps.append((definition.daily_cap - counted.today, definition.daily_cap))
    if any(left <= 0 for left, _ in caps):
        return Left.NONE
    return Left.FEW if any(left * _FEW_IN < cap for left, cap in caps) else Left.PLENTY


def validity_text(definition: CouponTemplate) -> str:
    """When a coupon claimed now can be used."""
    validity = definition.validity
    if isinstance(validity, FixedValidity):
        return f"{day_text(validity.from_)}起，{day_text(validity.until)}前有效"
    if validity.effective_after_days:
        return f"领取{validity.effective_after_days}天后生效，{validity.days}天内有效"
    return f"领取后{validity.days}天内有效"


def source_of(customer_id: int, template: str, key: str | None) -> str:
    """The source of the coupon that `key` claims of this template; without a key there is one for the customer."""
    digest = hashlib.sha256(f"{template}\0{key}".encode() if key is not None else template.encode())
    return f"centre:{customer_id}:{digest.hexdigest()[:32]}"
