"""What a coupon's rules say to the customer. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from domain.coupons.definition import CouponKind, CouponTemplate, CouponValue, UseRules
from domain.coupons.states import CouponState
from domain.coupons.template import Template
from domain.loan_products import catalogue
from kit.clock import SHANGHAI
from kit.money import percent, short_yuan

METHOD_NAMES = {
    "equal_instalment": "等额本息",
    "equal_principal": "等额本金",
    "interest_first": "先息后本",
    "per_day": "按日计息",
}
CUSTOMER_TYPE_NAMES = {
    "individual": "个人客户",
    "payroll": "代发工资客户",
    "business": "小微企业主",
    "employee": "本行员工",
}
CREDIT_MODE_NAMES = {"revolving": "循环授信", "single": "单笔授信", "preapproved": "预授信"}
SCOPES = {
    "first_drawdown": "首次借款",
    "first_in_campaign": "活动期间首次用券借款",
    "ordinary": "非首次借款",
    "credit_granted": "已授信客户借款",
}
CHANNEL_NAMES = {"bank_app": "手机银行", "wechat_mini": "微信小程序", "wechat_h5": "微信公众号"}
STATES = {
    CouponState.UNUSED: "未使用",
    CouponState.OCCUPIED: "正在使用中",
    CouponState.USED: "已使用",
    CouponState.EXPIRED: "已过期",
    CouponState.VOIDED: "已作废",
}


def use_rules(template: Template) -> list[str]:
    """The rules of use, one sentence each."""
    definition = template.definition
    worth = _worth(definition)
    if not template.for_loans:
        return [worth, "不可用于借款"]
    return [worth, *_loan_rules(definition.use), *_stacking(definition.use)]


def periods_text(periods: Iterable[int]) -> str:
    """`[3, 6]` → `3、6期`."""
    return f"{'、'.join(str(number) for number in sorted(periods))}期"


def channel_names(channels: Iterable[str]) -> str:
    """Channels by the names customers know."""
    return "、".join(CHANNEL_NAMES[channel] for channel in channels)


def method_names(methods: Iterable[str]) -> str:
    """Repayment methods by the names customers know."""
    return "、".join(METHOD_NAMES[method] for method in methods)


def names(codes: Iterable[str], known: Mapping[str, str]) -> str:
    """Codes by the names customers know."""
    return "、".join(known.get(code, code) for code in codes)


def day_text(instant: datetime) -> str:
    """`2026年11月3日`, in Asia/Shanghai."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def _worth(definition: CouponTemplate) -> str:
    value = definition.value
    match definition.kind:
        case CouponKind.INTEREST_FREE_DAYS:
            return f"免除借款前{value.days}天利息"
        case CouponKind.INTEREST_DISCOUNT:
            return _discount(value)
        case CouponKind.REPAYMENT:
            return f"抵扣借款利息最高{short_yuan(value.amount_fen or 0)}元"
        case CouponKind.RED_PACKET:
            return f"现金红包{short_yuan(value.amount_fen or 0)}元"
        case CouponKind.PHONE_CREDIT:
            return f"话费{short_yuan(value.amount_fen or 0)}元"
        case CouponKind.POINTS:
            return f"积分{value.points or value.amount_fen or 0:,}分"


def _discount(value: CouponValue) -> str:
    share = percent(Decimal(value.rate_off or 0)).rstrip("0").rstrip(".")
    cap = f"，最高减{short_yuan(value.cap_fen)}元" if value.cap_fen else ""
    return f"前{value.periods}期利息减免{share}%{cap}"


def _loan_rules(use: UseRules) -> list[str]:
    rules: list[str] = []
    if use.min_loan_fen:
        rules.append(f"满{short_yuan(use.min_loan_fen)}元借款可用")
    if use.max_loan_fen:
        rules.append(f"单笔借款不超过{short_yuan(use.max_loan_fen)}元可用")
    if use.periods:
        rules.append(f"限{periods_text(use.periods)}借款使用")
    if use.methods:
        rules.append(f"限{method_names(use.methods)}还款方式使用")
    if use.channels:
        rules.append(f"限在{channel_names(use.channels)}使用")
    if use.scope in SCOPES:
        rules.append(f"限{SCOPES[use.scope]}使用")
    if use.customer_types:
        rules.append(f"限{names(use.customer_types, CUSTOMER_TYPE_NAMES)}使用")
    if use.credit_modes:
        rules.append(f"限{names(use.credit_modes, CREDIT_MODE_NAMES)}额度使用")
    if use.asset_parties or use.funding_parties:
        rules.append(f"限{names([*use.asset_parties, *use.funding_parties], catalogue.party_names())}提供的借款使用")
    return rules


def _stacking(use: UseRules) -> list[str]:
    together = "与其他优惠不可叠加" if use.stacking == "exclusive" else "可与其他优惠叠加使用"
    return [together, "借款撤销后不予退回"] if use.cancelled == "forfeit" else [together]
