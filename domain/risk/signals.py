"""What rules ask of an attempt, and whether it is so. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import pstdev
from typing import Any

import msgspec

from domain.risk.definition import Rule, When


class Earlier(msgspec.Struct, frozen=True):
    """An attempt that was made before."""

    at: datetime
    action: str
    customer_id: int
    passed: bool


class Question(msgspec.Struct, frozen=True):
    """The newest `most` attempts at `actions` by the same `by` within `seconds`; of each customer but the newest where
    `people` are counted, and only those that went through where only they count.
    """

    by: str
    seconds: int
    actions: tuple[str, ...]
    most: int
    people: bool = False
    passed: bool = False


@dataclass(frozen=True)
class Signals:
    """An attempt as rules see it. `subjects` are those that are known, by kind, and `earlier` answers questions."""

    action: str
    customer_id: int
    at: datetime
    channel: str | None = None
    account_since: datetime | None = None
    watched: bool = False
    subjects: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[Question, Sequence[Earlier]] = field(default_factory=dict)


def question_of(when: When, actions: Sequence[str]) -> Question | None:
    """What has to be looked up to know whether a signal is so; None where nothing has."""
    by, seconds, asked = when.by, when.seconds, tuple(sorted(actions))
    if by is None or seconds is None:
        return None
    if when.signal == "attempts":
        # The attempt itself is one of them.
        return Question(by, seconds, asked, (when.at_least or 1) - 1)
    if when.signal == "customers":
        return Question(by, seconds, asked, when.at_least or 1, people=True)
    if when.signal == "regular_timing":
        return Question(by, seconds, asked, (when.attempts or 1) - 1)
    return None


def limit_question(rule: Rule) -> Question | None:
    """What the bound of a limit counts."""
    limit = rule.limit
    if limit is None or limit.by is None or limit.seconds is None or limit.at_most is None:
        return None
    return Question(limit.by, limit.seconds, tuple(sorted(rule.actions)), limit.at_most, passed=True)


def questions_of(rule: Rule) -> set[Question]:
    """All that has to be looked up for a rule."""
    asked = {question_of(one, rule.actions) for one in leaves(rule.when)} | {limit_question(rule)}
    return {question for question in asked if question is not None and question.most}


def leaves(when: When) -> list[When]:
    """The signals of a tree."""
    inner = [*(when.all or ()), *(when.any or ()), *((when.not_,) if when.not_ else ())]
    return [leaf for one in inner for leaf in leaves(one)] if inner else [when]


def fits(when: When, actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    """Whether a tree is so of an attempt; notes what its signals were in `seen`. What is not known is not so."""
    if when.all is not None or when.any is not None:
        # Each of them, so that all of the signals are noted.
        found = [fits(one, actions, signals, seen) for one in (when.all if when.all is not None else when.any or ())]
        return all(found) if when.all is not None else any(found)
    if when.not_ is not None:
        return not fits(when.not_, actions, signals, seen)
    return _SIGNALS[when.signal or ""](when, actions, signals, seen)


def _account_age(when: When, _actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    if signals.account_since is None:
        return False
    days = (signals.at - signals.account_since).days
    seen["account_age_days"] = days
    return (when.at_least is None or days >= when.at_least) and (when.at_most is None or days <= when.at_most)


def _attempts(when: When, actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    if when.by not in signals.subjects:
        return False
    number = len(_earlier(when, actions, signals)) + 1
    seen[f"attempts.{when.by}.{when.seconds}"] = number
    return number >= (when.at_least or 1)


def _customers(when: When, actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    if when.by not in signals.subjects:
        return False
    people = {one.customer_id for one in _earlier(when, actions, signals)} | {signals.customer_id}
    seen[f"customers.{when.by}.{when.seconds}"] = len(people)
    return len(people) >= (when.at_least or 1)


def _regular_timing(when: When, actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    wanted = when.attempts or 1
    moments = sorted([signals.at, *(one.at for one in _earlier(when, actions, signals))])
    if when.by not in signals.subjects or len(moments) < wanted:
        return False
    spread = spread_ms(moments[-wanted:])
    seen[f"regular_timing.{when.by}.{wanted}"] = spread
    return spread <= (when.spread_ms or 0)


def _known(when: When, _actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    seen[f"known.{when.by}"] = known = when.by in signals.subjects
    return known


def _watched(_when: When, _actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    seen["watched"] = signals.watched
    return signals.watched


def _channel(when: When, _actions: Sequence[str], signals: Signals, seen: dict[str, Any]) -> bool:
    seen["channel"] = signals.channel
    return signals.channel in (when.in_ or ())


_SIGNALS = {
    "account_age_days": _account_age,
    "attempts": _attempts,
    "customers": _customers,
    "regular_timing": _regular_timing,
    "known": _known,
    "watched": _watched,
    "channel": _channel,
}
NAMES = frozenset(_SIGNALS)


def _earlier(when: When, actions: Sequence[str], signals: Signals) -> Sequence[Earlier]:
    question = question_of(when, actions)
    return signals.earlier.get(question, ()) if question is not None else ()


def spread_ms(moments: Sequence[datetime]) -> int:
    """The standard deviation of the pauses between moments in order, in milliseconds."""
    pauses = [(after - before).total_seconds() for before, after in pairwise(moments)]
    return round(pstdev(pauses) * 1000) if pauses else 0


def answer(question: Question, attempts: Collection[Earlier], at: datetime) -> list[Earlier]:
    """Of all attempts by the same subject, newest first, those a question is about at a moment."""
    since, found, people = at - timedelta(seconds=question.seconds), [], set()
    for one in sorted(attempts, key=lambda attempt: attempt.at, reverse=True):
        if one.at <= since or one.action not in question.actions or (question.passed and not one.passed):
            continue
        if question.people and one.customer_id in people:
            continue
        people.add(one.customer_id)
        found.append(one)
        if len(found) == question.most:
            break
    return found
