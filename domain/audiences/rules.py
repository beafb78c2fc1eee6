"""What an audience's definition says, and what could never work. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta

from pyroaring import BitMap64

from domain.audiences.definition import AudienceDefinition, Combination, Daily
from domain.audiences.rule import GROUPS, MAX_DEPTH, children_of, parse
from kit import clock
from kit.errors import Fault

SOURCES = ("rule", "file", "combination", "sql")


def faults_of(definition: AudienceDefinition) -> list[Fault]:
    """Everything wrong with a document that reading it alone shows."""
    given = [name for name in SOURCES if getattr(definition, name) is not None]
    if len(given) != 1:
        return [Fault("", "audience.one_source", f"exactly one of {', '.join(SOURCES)}")]
    if definition.rule is not None:
        return parse(definition.rule)[1]
    if definition.combination is not None:
        return _combination_faults(definition.combination, "combination", 1)
    return []


def _combination_faults(node: Combination, path: str, depth: int) -> list[Fault]:
    if depth > MAX_DEPTH:
        return [Fault(path, "rule.too_deep", f"at most {MAX_DEPTH} levels")]
    named = [name for name in GROUPS if getattr(node, name) is not None]
    if len(named) != 1:
        return [Fault(path, "rule.unclear", "exactly one of all, any, not")]
    children = children_of(node, named[0], path)
    if not children:
        return [Fault(f"{path}.{named[0].rstrip('_')}", "rule.empty", "at least one audience")]
    return [
        fault
        for at, child in children
        if isinstance(child, Combination)
        for fault in _combination_faults(child, at, depth + 1)
    ]


def parts_of(node: Combination, path: str = "combination") -> Iterator[tuple[str, str]]:
    """Every audience a combination names, with its path."""
    for kind in GROUPS:
        for at, child in children_of(node, kind, path):
            if isinstance(child, Combination):
                yield from parts_of(child, at)
            else:
                yield at, child


def combined(node: str | Combination, members: Callable[[str], BitMap64], everybody: BitMap64) -> BitMap64:
    """The members of a combination without faults, among `everybody`."""
    if isinstance(node, str):
        return members(node) & everybody
    for kind in GROUPS:
        if children := children_of(node, kind, ""):
            sets = [combined(child, members, everybody) for _, child in children]
            if kind == "all":
                return BitMap64.intersection(*sets)
            together = BitMap64.union(*sets)
            return together if kind == "any" else everybody - together
    return BitMap64()


def due_after(definition: AudienceDefinition, now: datetime) -> datetime | None:
    """When members that were worked out at `now` are to be worked out again."""
    if not isinstance(definition.refresh, Daily):
        return None
    local = now.astimezone(clock.SHANGHAI)
    due = local.replace(hour=definition.refresh.daily_at, minute=0, second=0, microsecond=0)
    return due if due > local else due + timedelta(days=1)


def named_by(definition: AudienceDefinition) -> frozenset[str]:
    """The audiences a definition combines."""
    return frozenset(code for _, code in parts_of(definition.combination)) if definition.combination else frozenset()


def circle(start: str, named: Mapping[str, Collection[str]]) -> list[str] | None:
    """The way from `start` back to it, along what each audience names; None where there is no such way."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop()
        for code in sorted(named.get(way[-1], ())):
            if code == start:
                return [*way, start]
            if code not in seen:
                seen.add(code)
                ways.append([*way, code])
    return None
