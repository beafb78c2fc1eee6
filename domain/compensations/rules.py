"""What is wrong with a request, and whether it stays within the ceilings. Pure."""

import msgspec

from domain.compensations.definition import CompensationLimits, CompensationRequest, DayCeiling, MonthCeiling
from domain.messages import VariableType
from kit.errors import Conflict, Fault, NotFound, RuleViolated

MESSAGE_SAYS = {"customer": VariableType.TEXT, "reward": VariableType.TEXT, "reason": VariableType.TEXT}
"""What a message about a compensation can say."""
REFUSALS = {
    "coupon.not_offered": "该券已停止发放",
    "coupon.outside_issue_window": "该券不在发放期内",
    "coupon.personal_cap": "该客户已达该券的领取上限",
    "coupon.out_of_stock": "该券库存不足",
    "coupon.daily_cap": "该券今日发放已达上限",
    "budget.exhausted": "活动预算不足",
    "budget.branch_exhausted": "该客户所属分行的活动预算不足",
    "budget.day_exhausted": "活动今日预算已用完",
    "budget.closed": "活动已暂停或结束",
    "benefit.not_offered": "该权益已停止发放",
    "benefit.personal_cap": "该客户已达该权益的领取上限",
    "benefit.out_of_stock": "该权益库存不足",
}


class Asked(msgspec.Struct, frozen=True):
    """What was asked for, in the columns it is kept in."""

    kind: str
    target: str | None
    amount: int


class Spent(msgspec.Struct, frozen=True):
    """What was asked for: by an operator on a day, or for a customer in a month."""

    count: int
    experience: int
    cost_fen: int


def asked(request: CompensationRequest) -> Asked:
    """Raises `RuleViolated` (`compensation.impossible`) unless exactly one thing is named."""
    named = [name for name in ("coupon", "experience", "benefit") if getattr(request, name) is not None]
    if len(named) != 1:
        fault = Fault("coupon", "compensation.what", "name exactly one of coupon, experience and benefit")
        raise RuleViolated("compensation.impossible", "补偿须且只能选择一种：券、经验值或权益", [fault])
    if request.experience is not None:
        return Asked("experience", None, request.experience)
    return Asked(named[0], request.coupon or request.benefit, 1)


def check_ceilings(limits: CompensationLimits, one: Asked, cost_fen: int, today: Spent, month: Spent) -> None:
    """`today` is what the operator has asked for, `month` what was asked for the customer. Raises `RuleViolated`
    (`compensation.over_ceiling`), `Conflict` (`compensation.day_ceiling`, `compensation.month_ceiling`).
    """
    points = one.amount if one.kind == "experience" else 0
    each = limits.each
    if points > each.experience or cost_fen > each.cost_fen:
        most = f"{each.experience} points" if points else f"{each.cost_fen} fen"
        fault = Fault(one.kind, "compensation.over_ceiling", f"at most {most} each")
        raise RuleViolated("compensation.over_ceiling", "超过单笔补偿上限", [fault])
    if _above(limits.per_operator_and_day, today, points, cost_fen):
        raise Conflict("compensation.day_ceiling", "已达今日补偿上限")
    if _above(limits.per_customer_and_month, month, points, cost_fen):
        raise Conflict("compensation.month_ceiling", "该客户本月补偿已达上限")


def _above(ceiling: DayCeiling | MonthCeiling, spent: Spent, points: int, cost_fen: int) -> bool:
    return (
        spent.count + 1 > ceiling.count
        or spent.experience + points > ceiling.experience
        or spent.cost_fen + cost_fen > ceiling.cost_fen
    )


def not_found() -> NotFound:
    """The refusal where there is nothing, or nothing of this operator's."""
    return NotFound("compensation.not_found", "没有这笔补偿")


def wrong_state() -> Conflict:
    """The refusal of what is decided already."""
    return Conflict("compensation.wrong_state", "这笔补偿已处理")
