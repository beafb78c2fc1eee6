"""A condition in the customer's words, made from the condition so that it cannot say something else than it does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.tasks.conditions import scope
from domain.tasks.conditions.items import Measure
from domain.tasks.conditions.leaf import Leaf
from domain.tasks.conditions.scope import ATTRIBUTE, CYCLIC, Test, field_of, only
from domain.tasks.conditions.words import CHANNELS, MCCS, STATUSES, VERBS, WALLETS, WEEKDAYS
from kit import clock
from kit.money import short_yuan

_CALENDAR = {"day": "单日", "week": "单周", "month": "单月", "billing_cycle": "单个账单周期"}
_NAMED = {"channel": CHANNELS, "wallet": WALLETS, "region": {}}
_SUFFIX = {"wallet": "支付", "region": "地区"}


def label_of(leaf: Leaf) -> str:
    """For instance `领取后加油站消费满300元`."""
    if leaf.item.measure is Measure.STATUS:
        return _status(leaf)
    return f"{_window(leaf.asked_window)}{_scope(leaf)}{_threshold(leaf)}"


def _status(leaf: Leaf) -> str:
    name = STATUSES.get(leaf.item.name, leaf.item.name)
    if leaf.value is True:
        return name
    return f"未{name}" if leaf.value is False else f"{name}为{leaf.value}"


def _threshold(leaf: Leaf) -> str:
    verb = VERBS.get(leaf.item.event_type, "参与活动")
    target = leaf.target
    return {
        Measure.AMOUNT: f"{verb}满{short_yuan(target)}元",
        Measure.COUNT: f"{verb}{target}次" if leaf.item.category == "special" else f"{verb}{target}笔",
        Measure.DAYS: f"{verb}{target}天",
        Measure.STREAK: f"连续{verb}{target}天",
        Measure.MERCHANTS: f"在{target}家不同商户{verb}",
        Measure.SINGLE: f"{verb}1笔" if target == 1 else f"单笔{verb}满{short_yuan(target)}元",
    }[leaf.item.measure]


def _window(window: str | Mapping[str, Any]) -> str:
    if window == "claim":
        return "领取后"
    if not isinstance(window, Mapping):
        return "累计"
    if "calendar" in window:
        return _CALENDAR[window["calendar"]]
    if "rolling_days" in window:
        return f"任意{window['rolling_days']}天内"
    return f"{_moment(window['from'])}至{_moment(window['until'])}"


def _moment(text: str) -> str:
    """The day, with the time where it is not midnight."""
    moment = datetime.fromisoformat(text).astimezone(clock.SHANGHAI)
    time = "" if moment.time().isoformat() == "00:00:00" else f"{moment.hour}:{moment.minute:02d}"
    return f"{moment.year}年{moment.month}月{moment.day}日{time}"


def _scope(leaf: Leaf) -> str:
    return "".join(_part(field_of(written), test) for written, test in leaf.where.items())


def _part(field: str, test: Test) -> str:
    name, value = only(test)
    but = "非" if name == "not_in" else ""
    if field == "amount":
        return _amount(name, value)
    if field in CYCLIC:
        return _cyclic(field, scope.allowed(field, test))
    if field == "mcc":
        return but + "、".join(dict.fromkeys(MCCS.get(code, f"商户类别{code}") for code in value))
    if field in ("merchant", "merchant_name", "merchant_id"):
        where = "编号" if field == "merchant_id" else "名称"
        return f"{where}含“{value}”的商户" if name == "contains" else f"{but}指定商户"
    if field == "card_product":
        return f"{but}指定卡种"
    if field in _NAMED:
        return f"{_choice(_NAMED[field], name, value)}{_SUFFIX.get(field, '')}"
    return f"“{field.removeprefix(ATTRIBUTE)}”{_asked(name, value)}的"


def _choice(names: Mapping[str, str], name: str, value: Any) -> str:
    if name == "contains":
        return f"含“{value}”的"
    return ("非" if name == "not_in" else "") + "、".join(names.get(one, one) for one in value)


def _asked(name: str, value: Any) -> str:
    listed = "、".join(map(_written, value)) if isinstance(value, list) else _written(value)
    return {
        "in": f"为{listed}",
        "not_in": f"不为{listed}",
        "contains": f"含{listed}",
        "at_least": f"不少于{listed}",
        "at_most": f"不超过{listed}",
        "between": f"在{'至'.join(map(_written, value)) if isinstance(value, list) else ''}之间",
    }[name]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _amount(name: str, value: Any) -> str:
    if name in ("in", "not_in"):
        but = "不" if name == "not_in" else ""
        return f"单笔{but}为{'、'.join(map(short_yuan, value))}元的"
    return {
        "at_least": lambda: f"单笔满{short_yuan(value)}元的",
        "at_most": lambda: f"单笔不超过{short_yuan(value)}元的",
        "between": lambda: f"单笔{short_yuan(value[0])}至{short_yuan(value[1])}元的",
    }[name]()


def _cyclic(field: str, through: frozenset[int]) -> str:
    """`周一至周五`, `周六、周日`, `8点至20点`, `22点至次日6点`: runs of what is let through."""
    every = CYCLIC[field]
    if len(through) == len(every):
        return ""
    runs = _runs(through, every)
    return "、".join(_weekdays(*run) if field == "weekday" else _hours(*run) for run in runs)


def _runs(through: frozenset[int], every: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each unbroken run, one that goes over the end as one."""
    before = {now: every[place - 1] for place, now in enumerate(every)}
    after = {earlier: now for now, earlier in before.items()}
    runs = []
    for first in sorted(now for now in through if before[now] not in through):
        last = first
        while after[last] in through:
            last = after[last]
        runs.append((first, last))
    return runs


def _weekdays(first: int, last: int) -> str:
    return f"周{WEEKDAYS[first - 1]}" + ("" if first == last else f"至周{WEEKDAYS[last - 1]}")


def _hours(first: int, last: int) -> str:
    """The last hour counts until it is over."""
    end = last + 1
    return f"{first}点至{'次日' if end <= first else ''}{end}点"
