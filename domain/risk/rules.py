"""Which rules can be, and which one decides an attempt. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from domain.risk.definition import LONGEST_SECONDS, RiskRules, Rule, When
from domain.risk.signals import NAMES, Signals, fits
from kit.errors import Fault

CODE = "default"
_TAKES = {
    "account_age_days": frozenset({"at_least", "at_most"}),
    "attempts": frozenset({"by", "seconds", "at_least"}),
    "customers": frozenset({"by", "seconds", "at_least"}),
    "regular_timing": frozenset({"by", "seconds", "attempts", "spread_ms"}),
    "known": frozenset({"by"}),
    "watched": frozenset[str](),
    "channel": frozenset({"in_"}),
}
_OPTIONAL = {"account_age_days": frozenset({"at_least", "at_most"})}
_BOUNDS = {
    ("account_age_days", "at_least"): (1, 36_500),
    ("account_age_days", "at_most"): (0, 36_500),
    ("attempts", "at_least"): (1, 1_000),
    ("customers", "at_least"): (2, 1_000),
    ("regular_timing", "attempts"): (4, 100),
    ("regular_timing", "spread_ms"): (0, 60_000),
}
_CHANNELS = frozenset({"bank_app", "wechat_mini", "wechat_h5"})
_DEEPEST = 8


class Met(msgspec.Struct, frozen=True):
    """A rule that fits an attempt, and what its signals were."""

    rule: Rule
    seen: dict[str, Any]


def walk(rules: Sequence[Rule], signals: Signals) -> tuple[list[Met], Met | None]:
    """The rules in shadow that fit, and the first other one that does, at which the walk ends. A rule in shadow never
    decides.
    """
    shadows: list[Met] = []
    for rule in rules:
        seen: dict[str, Any] = {}
        if signals.action not in rule.actions or not fits(rule.when, rule.actions, signals, seen):
            continue
        if not rule.shadow:
            return shadows, Met(rule, seen)
        shadows.append(Met(rule, seen))
    return shadows, None


def faults_of(definition: RiskRules) -> list[Fault]:
    """What is wrong with a table, by path."""
    found: list[Fault] = []
    names: set[str] = set()
    for place, rule in enumerate(definition.rules):
        path = f"rules[{place}]"
        if rule.name in names:
            found.append(Fault(f"{path}.name", "risk_rules.name_taken", "another rule has this name"))
        names.add(rule.name)
        if len(set(rule.actions)) < len(rule.actions):
            found.append(Fault(f"{path}.actions", "risk_rules.twice", "each action once"))
        found += _of_when(f"{path}.when", rule.when, rule, 1)
        found += _of_decision(path, rule)
    return found


def _of_decision(path: str, rule: Rule) -> Iterator[Fault]:
    if (rule.limit is not None) != (rule.decision == "limit"):
        yield Fault(f"{path}.limit", "risk_rules.limit", "needed for the decision limit, and for no other")
    elif rule.limit is not None:
        limit = rule.limit
        window = (limit.at_most, limit.seconds, limit.by)
        if (limit.delay_seconds is None) == (None in window) or (
            limit.delay_seconds is not None and window != (None, None, None)
        ):
            yield Fault(f"{path}.limit", "risk_rules.limit", "either delay_seconds, or at_most with seconds and by")
        if limit.by == "phone" and set(rule.actions) != {"bind"}:
            yield _phone(f"{path}.limit.by")
    if rule.hours is not None and rule.decision != "review":
        yield Fault(f"{path}.hours", "risk_rules.hours", "for the decision review only")
    if rule.message is not None and rule.decision == "allow":
        yield Fault(f"{path}.message", "risk_rules.message", "nobody reads it where the decision is allow")


def _of_when(path: str, when: When, rule: Rule, depth: int) -> Iterator[Fault]:
    groups = {"all": when.all, "any": when.any, "not": when.not_}
    said = [name for name, value in groups.items() if value is not None]
    own = {name for name in When.__struct_fields__ if name not in ("all", "any", "not_", "signal")}
    given = {name for name in own if getattr(when, name) is not None}
    if depth > _DEEPEST:
        yield Fault(path, "risk_rules.too_deep", f"at most {_DEEPEST} levels")
    elif len(said) + (when.signal is not None) != 1 or (said and given):
        yield Fault(path, "risk_rules.condition", "exactly one of all, any, not, or a signal with what it takes")
    elif when.signal is not None:
        yield from _of_signal(path, when, given, rule)
    elif when.not_ is not None:
        yield from _of_when(f"{path}.not", when.not_, rule, depth + 1)
    else:
        inner = when.all if when.all is not None else when.any or []
        if not inner:
            yield Fault(f"{path}.{said[0]}", "risk_rules.empty", "at least one condition")
        for place, one in enumerate(inner):
            yield from _of_when(f"{path}.{said[0]}[{place}]", one, rule, depth + 1)


def _of_signal(path: str, when: When, given: set[str], rule: Rule) -> Iterator[Fault]:
    signal = when.signal or ""
    if signal not in NAMES:
        yield Fault(f"{path}.signal", "risk_rules.unknown_signal", f"one of {', '.join(sorted(NAMES))}")
        return
    takes, optional = _TAKES[signal], _OPTIONAL.get(signal, frozenset())
    for name in sorted(given - takes):
        yield Fault(f"{path}.{name.rstrip('_')}", "risk_rules.not_taken", f"{signal} takes no such thing")
    for name in sorted(takes - optional - given):
        yield Fault(f"{path}.{name.rstrip('_')}", "risk_rules.missing", f"{signal} needs it")
    if optional and not given & optional:
        yield Fault(path, "risk_rules.missing", f"{signal} needs one of {', '.join(sorted(optional))}")
    yield from _of_numbers(path, when, given & takes)
    if when.by == "phone" and set(rule.actions) != {"bind"}:
        yield _phone(f"{path}.by")
    unknown = set(when.in_ or ()) - _CHANNELS
    if when.in_ is not None and (unknown or not when.in_):
        yield Fault(f"{path}.in", "risk_rules.channel", f"of {', '.join(sorted(_CHANNELS))}")


def _of_numbers(path: str, when: When, given: set[str]) -> Iterator[Fault]:
    signal = when.signal or ""
    for name in sorted(given):
        low, high = _BOUNDS.get((signal, name), (None, None))
        if low is not None and high is not None and not low <= getattr(when, name) <= high:
            yield Fault(f"{path}.{name}", "risk_rules.threshold", f"{low} to {high}")
    if when.at_least is not None and when.at_most is not None and when.at_least > when.at_most:
        yield Fault(f"{path}.at_most", "risk_rules.threshold", "not below at_least")
    if signal == "customers" and when.by == "customer":
        yield Fault(f"{path}.by", "risk_rules.threshold", "a customer is one customer")
    if when.seconds is not None and not 1 <= when.seconds <= LONGEST_SECONDS:
        yield Fault(f"{path}.seconds", "risk_rules.threshold", f"1 to {LONGEST_SECONDS}")


def _phone(path: str) -> Fault:
    return Fault(path, "risk_rules.phone", "the phone is known for the action bind only")
