"""Coupon templates as a kind of configuration."""

from decimal import Decimal

from domain import audiences, campaigns, loan_products, messages
from domain.approvals import Kind, Version
from domain.coupons.catalogue import KIND
from domain.coupons.definition import (
    CouponKind,
    CouponTemplate,
    CouponValue,
    DynamicValidity,
    FixedValidity,
    UseRules,
)
from domain.coupons.reminder_texts import EXPIRING_SAYS, OPENING_SAYS
from domain.operators import OperatorIdentity
from kit.database import Connection
from kit.errors import Fault, RuleViolated

_NEEDED: dict[CouponKind, frozenset[str]] = {
    CouponKind.INTEREST_FREE_DAYS: frozenset({"days"}),
    CouponKind.INTEREST_DISCOUNT: frozenset({"rate_off", "periods"}),
    CouponKind.REPAYMENT: frozenset({"amount_fen"}),
    CouponKind.RED_PACKET: frozenset({"amount_fen"}),
    CouponKind.PHONE_CREDIT: frozenset({"amount_fen"}),
}
_LISTS = ("channels", "periods", "methods", "asset_parties", "funding_parties", "customer_types", "credit_modes")
_OPTIONAL: dict[CouponKind, frozenset[str]] = {CouponKind.INTEREST_DISCOUNT: frozenset({"cap_fen"})}


async def check(code: str, definition: CouponTemplate) -> None:
    """Raises `RuleViolated` (`coupon_template.impossible`) with the path of each fault."""
    faults = [
        *_value_faults(definition),
        *_window_faults(definition),
        *await _audience_faults(definition),
        *_use_faults(definition),
        *_remind_faults(definition),
        *await _message_faults(definition),
        *await _campaign_faults(definition),
        *await _party_faults(definition.use),
    ]
    if faults:
        raise RuleViolated("coupon_template.impossible", "券模板设置有误，请按所列路径修改", faults)


async def went_live(connection: Connection, version: Version) -> None:
    """Bring the stock to what the new version says. Raises `RuleViolated` (`coupon_template.stock_below_issued`)."""
    stock: int = version.body["stock"]
    kept = await connection.fetchval(
        """INSERT INTO coupon_stock (template, stock, issued) VALUES ($1, $2, 0)
           ON CONFLICT (template) DO UPDATE SET stock = excluded.stock WHERE coupon_stock.issued <= excluded.stock
           RETURNING template""",
        version.code,
        stock,
    )
    if kept is None:
        fault = Fault("stock", "coupon_template.stock_below_issued", f"more than {stock} coupons are already issued")
        raise RuleViolated(fault.code, "库存不能低于已发放数量", [fault])


async def _campaign_faults(definition: CouponTemplate) -> list[Fault]:
    if definition.campaign is None or await campaigns.campaign_exists(definition.campaign):
        return []
    detail = f"there is no running campaign {definition.campaign!r}"
    return [Fault("campaign", "coupon_template.unknown_reference", detail)]


def _value_faults(definition: CouponTemplate) -> list[Fault]:
    kind, value = definition.kind, definition.value
    given = {name for name in CouponValue.__struct_fields__ if getattr(value, name) is not None}
    if kind == CouponKind.POINTS:
        # Points are their own number; `amount_fen` is the same number under the name the other kinds use.
        return [] if given in ({"points"}, {"amount_fen"}) else [_value_fault("points", "needed, and nothing else")]
    needed, optional = _NEEDED[kind], _OPTIONAL.get(kind, frozenset())
    faults = [_value_fault(name, f"a coupon of kind {kind} needs it") for name in sorted(needed - given)]
    faults += [_value_fault(name, f"does not apply to kind {kind}") for name in sorted(given - needed - optional)]
    if not faults and value.rate_off is not None and Decimal(value.rate_off) == 0:
        faults.append(_value_fault("rate_off", "must lie above 0"))
    return faults


def _value_fault(name: str, detail: str) -> Fault:
    return Fault(f"value.{name}", "coupon_template.value", detail)


def _window_faults(definition: CouponTemplate) -> list[Fault]:
    faults: list[Fault] = []
    issue, validity = definition.issue, definition.validity
    if issue.from_ and issue.until and issue.from_ >= issue.until:
        faults.append(Fault("issue.until", "coupon_template.dates", "must lie after issue.from"))
    if isinstance(validity, FixedValidity) and validity.from_ >= validity.until:
        faults.append(Fault("validity.until", "coupon_template.dates", "must lie after validity.from"))
    return faults


async def _audience_faults(definition: CouponTemplate) -> list[Fault]:
    issue = definition.issue
    if not issue.centre and (issue.audience or issue.exclude):
        path = "issue.audience" if issue.audience else "issue.exclude"
        return [Fault(path, "coupon_template.audience", "only of what the coupon centre shows")]
    return await audiences.reach_faults("issue.", issue.audience, issue.exclude)


def _remind_faults(definition: CouponTemplate) -> list[Fault]:
    faults: list[Fault] = []
    issue, validity, remind = definition.issue, definition.validity, definition.remind
    if remind.opening is not None and not (issue.centre and issue.from_):
        detail = "only of what the coupon centre shows before issue.from"
        faults.append(Fault("remind.opening", "coupon_template.remind", detail))
    if remind.expiring is not None and isinstance(validity, DynamicValidity):
        lasts = 24 * (validity.effective_after_days + validity.days)
        if remind.expiring.hours >= lasts:
            detail = f"must be shorter than the {lasts} hours from issue to expiry"
            faults.append(Fault("remind.expiring.hours", "coupon_template.remind", detail))
    return faults


async def _message_faults(definition: CouponTemplate) -> list[Fault]:
    remind = definition.remind
    faults: list[Fault] = []
    if remind.expiring is not None:
        path, template = "remind.expiring.template", remind.expiring.template
        faults += await messages.faults_of_use("coupon_template", path, template, EXPIRING_SAYS)
    if remind.opening is not None:
        faults += await messages.faults_of_use("coupon_template", "remind.opening", remind.opening, OPENING_SAYS)
    return faults


def _use_faults(definition: CouponTemplate) -> list[Fault]:
    use = definition.use
    faults = [
        Fault(f"use.{name}", "coupon_template.repeated", "names something twice")
        for name in _LISTS
        if len(set(getattr(use, name))) < len(getattr(use, name))
    ]
    if use.scope == "first_in_campaign" and definition.campaign is None:
        faults.append(Fault("campaign", "coupon_template.campaign", "use.scope first_in_campaign needs one"))
    if use.max_loan_fen is not None and use.max_loan_fen < use.min_loan_fen:
        faults.append(Fault("use.max_loan_fen", "coupon_template.loan_range", "must not lie below use.min_loan_fen"))
    return faults


async def _party_faults(use: UseRules) -> list[Fault]:
    if not (use.asset_parties or use.funding_parties):
        return []
    await loan_products.catalogue.refresh()
    products = loan_products.catalogue.in_force
    return [
        Fault(f"use.{name}[{place}]", "coupon_template.unknown_party", f"{code} is no party of the loan products")
        for name, used, known in (
            ("asset_parties", use.asset_parties, {party.code for party in products.asset_parties}),
            ("funding_parties", use.funding_parties, {party.code for party in products.funding_parties}),
        )
        for place, code in enumerate(used)
        if code not in known
    ]


def most_it_costs(definition: CouponTemplate) -> int:
    """All of its stock."""
    return definition.stock * definition.cost_fen


async def may_write(operator: OperatorIdentity, definition: CouponTemplate) -> None:
    """Raises `RuleViolated` (`audience.foreign`)."""
    issue = definition.issue
    await audiences.check_may_name(operator, [("issue.audience", issue.audience), ("issue.exclude", issue.exclude)])


TEMPLATES = Kind(KIND, CouponTemplate, check, went_live, most_it_costs, may_write=may_write)
