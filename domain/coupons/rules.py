"""Who gets a coupon, how long it is valid, and which loan it may be used for. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from domain.coupons.coupon import Coupon
from domain.coupons.definition import CouponTemplate, FixedValidity
from domain.coupons.states import CouponState
from domain.coupons.template import Template
from domain.coupons.texts import (
    CREDIT_MODE_NAMES,
    CUSTOMER_TYPE_NAMES,
    SCOPES,
    STATES,
    channel_names,
    day_text,
    method_names,
    names,
    periods_text,
)
from kit.money import short_yuan

Reason = tuple[str, str]
"""A stable code, and the words for the customer."""


class Use(msgspec.Struct, frozen=True):
    """A loan a coupon shall be used for; `channel` is where the customer asks, None where it does not matter yet.

    `campaigns` are those whose coupons the customer's loans have used; `party_names` what customers read for parties.
    """

    amount_fen: int
    periods: int
    method: str
    channel: str | None = None
    first_drawdown: bool = True
    campaigns: frozenset[str] = frozenset()
    asset_party: str | None = None
    funding_party: str | None = None
    customer_type: str | None = None
    credit_mode: str | None = None
    credit_granted: bool = False
    party_names: dict[str, str] = {}


class Ledger:
    """What is left of the locked templates; decides orders one after the other, each seeing those before it."""

    def __init__(
        self, left: dict[str, int], issued_today: dict[str, int], held: dict[tuple[str, int], int], now: datetime
    ) -> None:
        self._left, self._today, self._held, self._now = dict(left), Counter(issued_today), Counter(held), now

    def take(self, template: Template | None, customer_id: int) -> str | None:
        """Take one for `customer_id`, or the code of why there is none."""
        if template is None:
            return "coupon.not_offered"
        code, definition = template.code, template.definition
        failure = self._why_not(code, definition, customer_id)
        if failure is None:
            self._left[code] -= 1
            self._today[code] += 1
            self._held[code, customer_id] += 1
        return failure

    def begin_day(self) -> None:
        """Nothing of any daily cap is used yet."""
        self._today.clear()

    def put_back(self, template: Template, customer_id: int) -> None:
        """Undo a `take`: something else keeps this customer from it."""
        self._left[template.code] += 1
        self._today[template.code] -= 1
        self._held[template.code, customer_id] -= 1

    def _why_not(self, code: str, definition: CouponTemplate, customer_id: int) -> str | None:
        if not may_be_issued(definition, self._now):
            return "coupon.outside_issue_window"
        if definition.per_person is not None and self._held[code, customer_id] >= definition.per_person:
            return "coupon.personal_cap"
        if self._left[code] <= 0:
            return "coupon.out_of_stock"
        if definition.daily_cap is not None and self._today[code] >= definition.daily_cap:
            return "coupon.daily_cap"
        return None


def may_be_issued(definition: CouponTemplate, now: datetime) -> bool:
    """Whether `now` lies in the window of issue, and what is issued now could still be used."""
    window, validity = definition.issue, definition.validity
    if isinstance(validity, FixedValidity) and now >= validity.until:
        return False
    return (window.from_ is None or window.from_ <= now) and (window.until is None or now < window.until)


def validity_of(definition: CouponTemplate, issued_at: datetime) -> tuple[datetime, datetime]:
    """From when until (not including) when a coupon issued at `issued_at` is valid."""
    validity = definition.validity
    if isinstance(validity, FixedValidity):
        return validity.from_, validity.until
    begins = issued_at + timedelta(days=validity.effective_after_days)
    return begins, begins + timedelta(days=validity.days)


def remind_at(definition: CouponTemplate, issued_at: datetime, valid_until: datetime) -> datetime | None:
    """When the owner of a coupon is to be told that its validity ends; None where nobody asked for it, or where that
    moment is over when it is issued.
    """
    if definition.remind.expiring is None:
        return None
    moment = valid_until - timedelta(hours=definition.remind.expiring.hours)
    return moment if moment > issued_at else None


def room(definition: CouponTemplate, left: int, issued_today: int) -> tuple[int, str]:
    """How many more the counters allow, and the code of what refuses the next one."""
    today = left if definition.daily_cap is None else definition.daily_cap - issued_today
    return max(0, min(left, today)), "coupon.out_of_stock" if left <= today else "coupon.daily_cap"


def why_not_valid(coupon: Coupon, now: datetime) -> Reason | None:
    """Why `coupon` cannot be used for anything now, or None."""
    if coupon.state != CouponState.UNUSED:
        return "coupon.not_unused", f"该券{STATES[coupon.state]}"
    if now >= coupon.valid_until:
        return "coupon.expired", f"该券{STATES[CouponState.EXPIRED]}"
    if now < coupon.valid_from:
        return "coupon.not_yet_valid", f"{day_text(coupon.valid_from)}起可用"
    return None


def why_unusable(template: Template, coupon: Coupon, terms: Use, now: datetime) -> Reason | None:
    """Why `coupon` cannot be used for a loan of these terms, or None."""
    if not template.for_loans:
        return "coupon.not_for_loans", "该券不能用于借款"
    return why_not_valid(coupon, now) or _against_rules(template.definition, terms)


def _against_rules(definition: CouponTemplate, terms: Use) -> Reason | None:
    use = definition.use
    if terms.amount_fen < use.min_loan_fen:
        return "coupon.below_min_loan", f"借款满{short_yuan(use.min_loan_fen)}元可用"
    if use.max_loan_fen is not None and terms.amount_fen > use.max_loan_fen:
        return "coupon.above_max_loan", f"借款不超过{short_yuan(use.max_loan_fen)}元可用"
    if use.periods and terms.periods not in use.periods:
        return "coupon.wrong_periods", f"仅限{periods_text(use.periods)}借款"
    if use.methods and terms.method not in use.methods:
        return "coupon.wrong_method", f"仅限{method_names(use.methods)}还款方式"
    if use.channels and terms.channel not in (None, *use.channels):
        return "coupon.wrong_channel", f"仅限在{channel_names(use.channels)}使用"
    return _against_scope(definition, terms) or _against_interface(definition, terms)


def _against_scope(definition: CouponTemplate, terms: Use) -> Reason | None:
    scope = definition.use.scope
    fits = {
        "any": True,
        "first_drawdown": terms.first_drawdown,
        "first_in_campaign": definition.campaign not in terms.campaigns,
        "ordinary": not terms.first_drawdown,
        "credit_granted": terms.credit_granted,
    }
    return None if fits[scope] else (f"coupon.not_{scope}", f"仅限{SCOPES[scope]}")


def _against_interface(definition: CouponTemplate, terms: Use) -> Reason | None:
    use, parties = definition.use, terms.party_names
    for what, allowed, given, known, said in (
        ("asset_party", use.asset_parties, terms.asset_party, parties, "仅限资产方为{}的借款"),
        ("funding_party", use.funding_parties, terms.funding_party, parties, "仅限资金方为{}的借款"),
        ("customer_type", use.customer_types, terms.customer_type, CUSTOMER_TYPE_NAMES, "仅限{}使用"),
        ("credit_mode", use.credit_modes, terms.credit_mode, CREDIT_MODE_NAMES, "仅限{}额度的借款"),
    ):
        if allowed and given not in allowed:
            return f"coupon.wrong_{what}", said.format(names(allowed, known))
    return None


def why_not_together(templates: Sequence[Template]) -> Reason | None:
    """Why coupons of these templates cannot be used in one loan: an exclusive one stands alone."""
    if len(templates) > 1:
        for template in templates:
            if template.definition.use.stacking == "exclusive":
                return "coupon.not_stackable", f"{template.definition.name}不可与其他优惠券同时使用"
    return None
