"""A condition in the customer's words, made from the tree so that it cannot say something else than it does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.tasks.conditions.items import Measure
from domain.tasks.conditions.leaf import Leaf
from domain.tasks.conditions.schema import Node
from kit import clock
from kit.money import short_yuan

_VERBS = {
    "purchase": "消费",
    "cash_advance": "取现",
    "instalment": "分期",
    "repayment": "还款",
    "sign_in": "签到",
}
_STATUS = {
    "card.activated": "激活信用卡",
    "wechat.bound": "绑定微信",
    "credit.granted": "获得授信",
    "credit.used": "首次用信",
    "autopay.enabled": "开通自动还款",
}
_SPECIAL = {"invite.count": "邀请好友", "survey.done": "完成问卷"}
_MCC = {
    "5411": "超市",
    "5541": "加油站",
    "5542": "自助加油",
    "5812": "餐厅",
    "5813": "酒吧",
    "5814": "快餐",
    "5311": "百货",
    "5399": "百货",
    "4111": "公共交通",
    "4121": "出租车",
    "4511": "航空",
    "7011": "酒店",
    "7832": "影院",
    "5912": "药店",
}
_CHANNELS = {
    "pos": "刷卡",
    "online": "线上",
    "wechat_pay": "微信支付",
    "alipay": "支付宝",
    "unionpay_qr": "云闪付",
}
_CALENDAR = {"day": "单日", "week": "单周", "month": "单月"}


def label_of(leaf: Leaf, node: Node) -> str:
    """For instance `领取后加油站消费满300元`."""
    if leaf.item.measure is Measure.STATUS:
        return _status(leaf)
    return f"{_window(node.window)}{_scope(node.where or {})}{_threshold(leaf)}"


def _status(leaf: Leaf) -> str:
    name = _STATUS.get(leaf.item.name, leaf.item.name)
    if leaf.value is True:
        return name
    return f"未{name}" if leaf.value is False else f"{name}为{leaf.value}"


def _threshold(leaf: Leaf) -> str:
    verb = _VERBS.get(leaf.item.event_type) or _SPECIAL.get(leaf.item.name, "参与活动")
    target = leaf.target
    return {
        Measure.AMOUNT: f"{verb}满{short_yuan(target)}元",
        Measure.COUNT: f"{verb}{target}次" if leaf.item.category == "special" else f"{verb}{target}笔",
        Measure.DAYS: f"{verb}{target}天",
        Measure.STREAK: f"连续{verb}{target}天",
        Measure.MERCHANTS: f"在{target}家不同商户{verb}",
        Measure.SINGLE: f"{verb}1笔" if target == 1 else f"单笔{verb}满{short_yuan(target)}元",
    }[leaf.item.measure]


def _window(window: str | Mapping[str, Any] | None) -> str:
    if window == "claim":
        return "领取后"
    if window == "lifetime" or not isinstance(window, Mapping):
        return "累计"
    if "calendar" in window:
        return _CALENDAR[window["calendar"]]
    if "rolling_days" in window:
        return f"任意{window['rolling_days']}天内"
    return f"{_day(window['from'])}至{_day(window['until'])}"


def _day(text: str) -> str:
    day = datetime.fromisoformat(text).astimezone(clock.SHANGHAI)
    return f"{day.year}年{day.month}月{day.day}日"


def _scope(where: Mapping[str, Mapping[str, Any]]) -> str:
    return "".join(_scope_part(field, *next(iter(test.items()))) for field, test in where.items())


def _scope_part(field: str, test: str, value: Any) -> str:
    short = field.replace(".", "_").removesuffix("_fen")
    but = "非" if test == "not_in" else ""
    if short == "mcc":
        return but + "、".join(dict.fromkeys(_MCC.get(code, f"商户类别{code}") for code in value))
    if short in ("merchant", "merchant_name", "merchant_id"):
        return f"名称含“{value}”的商户" if test == "contains" else f"{but}指定商户"
    if short == "channel":
        return but + "、".join(_CHANNELS.get(code, code) for code in value)
    if short == "amount":
        return {
            "at_least": lambda: f"单笔满{short_yuan(value)}元的",
            "at_most": lambda: f"单笔不超过{short_yuan(value)}元的",
            "between": lambda: f"单笔{short_yuan(value[0])}至{short_yuan(value[1])}元的",
        }.get(test, lambda: "指定金额的")()
    if short == "card_product":
        return f"{but}指定卡种"
    if short == "weekday":
        return "指定星期"
    if short == "hour":
        return "指定时段"
    return "指定范围"
