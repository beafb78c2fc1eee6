"""A condition in the customer's words, made from the tree so that it cannot say something else than it does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.scopes import CYCLIC, Measure, Test, Where, allowed, field_of, only
from domain.tasks.conditions.leaf import Leaf
from domain.tasks.conditions.mcc_names import MCC_NAMES
from kit import clock
from kit.money import short_yuan

_VERBS = {
    "purchase": "消费",
    "cash_advance": "取现",
    "instalment": "分期",
    "repayment": "还款",
    "sign_in": "签到",
    "app_login": "登录",
}
_STATUS = {
    "card.activated": "激活信用卡",
    "wechat.bound": "绑定微信",
    "credit.granted": "获得授信",
    "credit.used": "首次用信",
    "autopay.enabled": "开通自动还款",
}
_SPECIAL = {"invite.count": "邀请好友", "survey.done": "完成问卷"}
_CHANNELS = {
    "pos": "刷卡",
    "online": "线上",
    "wechat_pay": "微信支付",
    "alipay": "支付宝",
    "unionpay_qr": "云闪付",
}
_CALENDAR = {"day": "单日", "week": "单周", "month": "单月", "billing_cycle": "单个账单周期"}

_PRESENT = {"day": "当日", "week": "当周", "month": "当月", "billing_cycle": "时的账单周期"}


def label_of(leaf: Leaf) -> str:
    """For instance `领取后加油站消费满300元`."""
    measure = leaf.item.measure
    if measure is Measure.STATUS:
        return f"{_since(leaf.asked_window)}{_status(leaf)}"
    # One purchase or one row of days is not summed up: what counts is from when on.
    alone = measure is Measure.SINGLE or (measure is Measure.STREAK and leaf.asked_window == "lifetime")
    window = _since(leaf.asked_window) if alone else _window(leaf.asked_window)
    return f"{window}{_scope(leaf.where)}{_threshold(leaf)}"


def _since(window: str | Mapping[str, Any]) -> str:
    if window == "lifetime":
        return ""
    if not isinstance(window, Mapping) or "from" in window:
        return _window(window)
    if "calendar" in window:
        return f"领取{_PRESENT[window['calendar']]}起"
    days = window["rolling_days"] - 1
    return f"领取前{days}天起" if days else "领取当日起"


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


def _scope(where: Where) -> str:
    return "".join(_scope_part(field_of(written), test) for written, test in where.items())


def _scope_part(field: str, test: Test) -> str:
    if field in CYCLIC:
        return _times(field, allowed(field, test))
    name, value = only(test)
    but = "非" if name == "not_in" else ""
    if field == "mcc":
        names = "、".join(dict.fromkeys(MCC_NAMES.get(code, f"商户类别{code}") for code in value))
        return f"除{names}外的" if but and "、" in names else but + names
    if field in ("merchant", "merchant_name", "merchant_id"):
        return f"名称含“{value}”的商户" if name == "contains" else f"{but}指定商户"
    if field == "channel":
        return but + "、".join(_CHANNELS.get(code, code) for code in value)
    if field == "amount":
        return _amount(name, value)
    if field == "card_product":
        return f"{but}指定卡种"
    known = {"wallet": "支付钱包", "region": "地区", "survey": "问卷"}.get(field)
    return f"{known or field.removeprefix('attributes.')}{_comparison(name, value)}的"


def _amount(name: str, value: Any) -> str:
    if name == "between":
        return f"单笔{short_yuan(value[0])}至{short_yuan(value[1])}元的"
    if name in ("at_least", "at_most"):
        return f"单笔{'满' if name == 'at_least' else '不超过'}{short_yuan(value)}元的"
    return f"单笔{'不' if name == 'not_in' else ''}为{'、'.join(short_yuan(fen) for fen in value)}元的"


def _comparison(name: str, value: Any) -> str:
    if name == "between":
        return f"在{value[0]}至{value[1]}之间"
    if name in ("in", "not_in"):
        words = "、".join({True: "是", False: "否"}[v] if isinstance(v, bool) else str(v) for v in value)
        return f"{'不' if name == 'not_in' else ''}为{words}"
    return {"at_least": "不少于", "at_most": "不超过", "contains": "含"}[name] + f"{value}"


def _times(field: str, through: frozenset[int]) -> str:
    """`周一至周五`, `22点至次日7点`: the runs of days or hours, round the week or the clock."""
    every = CYCLIC[field]
    if len(through) == len(every):
        return ""
    size = len(every)
    runs = []
    for first in (n for n in every if n in through and _step(n, -1, every) not in through):
        length = next(count for count in range(1, size + 1) if _step(first, count, every) not in through)
        runs.append(_days(first, length) if field == "weekday" else _hours(first, first + length))
    return "、".join(runs)


def _step(number: int, by: int, every: range) -> int:
    return every[(number - every[0] + by) % len(every)]


def _days(first: int, length: int) -> str:
    names = [f"周{'一二三四五六日'[(first - 1 + place) % 7]}" for place in range(length)]
    return f"{names[0]}至{names[-1]}" if length > 2 else "、".join(names)


def _hours(begins: int, ends: int) -> str:
    return f"{begins}点至{ends}点" if ends <= 24 else f"{begins}点至次日{ends - 24}点"
