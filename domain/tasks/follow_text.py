"""A rule of a chain or pool in an operator's words. Pure."""

from collections.abc import Sequence
from typing import Literal

from domain.tags import TagTest
from domain.tasks.definition import FollowUpRule, FollowUps
from domain.tasks.follow_when import Between, When, when_of

STAGES = {"base": "起步", "payer": "支付", "wealth": "理财", "credit": "信贷"}


def rule_text(follow_ups: FollowUps, place: int) -> str:
    """`1. 阶段 支付 · 占比 0–50%：推荐`; a chain's step is `自动领取`."""
    rule = follow_ups.rules[place]
    number = f"{place + 1}. " if follow_ups.mode == "pool" else ""
    terms = when_text(when_of(rule.when))
    does = "自动领取" if follow_ups.claims(rule) else "推荐"
    return f"{number}{terms}：{does}" if terms else f"{number}{does}"


def claim_word(follow_ups: FollowUps, rule: FollowUpRule) -> Literal["automatic", "offer"]:
    """How the rule brings the task to the customer, in the words of the document."""
    return "automatic" if follow_ups.claims(rule) else "offer"


def when_text(when: When) -> str:
    """All that is asked, parted by dots; empty when nothing is."""
    parts: list[str] = []
    if when.stage is not None:
        parts.append("阶段 " + "、".join(STAGES[stage] for stage in _listed(when.stage)))
    if when.level is not None:
        parts.append("等级 " + _range(when.level))
    if when.card_product is not None:
        parts.append("卡产品 " + "、".join(_listed(when.card_product)))
    if when.branch is not None:
        parts.append("分行 " + "、".join(_listed(when.branch)))
    parts += [f"{name} 为{_value(value)}" for name, value in when.status.items()]
    parts += [f"标签 {_tag(test)}" for test in when.tags]
    if when.audience is not None:
        parts.append("客群 " + "、".join(when.audiences))
    if when.completed is not None:
        parts += _completed(when)
    if when.share is not None:
        parts.append(f"占比 {when.share.from_}–{when.share.to}%")
    return " · ".join(parts)


def _completed(when: When) -> list[str]:
    terms = when.completed
    assert terms is not None  # the caller looked
    parts = [f"领取后{terms.within_days}天内完成"] if terms.within_days else []
    if terms.turn is not None:
        parts.append(f"完成次数 {_range(terms.turn)}")
    if terms.conditions:
        names = (f"第{one + 1}个" if isinstance(one, int) else one for one in terms.conditions)
        parts.append("达成条件 " + "、".join(names))
    return parts


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _range(bounds: Between | TagTest) -> str:
    if bounds.at_least is not None and bounds.at_most is not None:
        return f"{bounds.at_least}–{bounds.at_most}"
    return f"≥{bounds.at_least}" if bounds.at_least is not None else f"≤{bounds.at_most}"


def _tag(test: TagTest) -> str:
    if test.is_ is not None:
        return f"{test.tag} 为{_value(test.is_)}"
    if test.in_ is not None:
        return f"{test.tag} 为{'、'.join(test.in_)}"
    if test.exists is not None:
        return f"{'有' if test.exists else '没有'} {test.tag}"
    return f"{test.tag} {_range(test)}"


def _value(value: bool | int | str) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)
