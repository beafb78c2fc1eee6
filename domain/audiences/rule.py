"""The rule of an audience, parsed from what operators write, every fault with its path. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from domain import scopes
from domain.audiences.definition import Combination, RuleNode
from domain.events.event import BEHAVIOUR, CUSTOM, MONEY_IN, is_known_type
from domain.scopes import Item, Measure, Where
from domain.tags import TagTest
from kit.errors import Fault

MAX_DEPTH = 5
MAX_LEAVES = 50
MOST_TIMES = 100_000
TEXTS = ("stage", "card_product", "branch", "customer_no")
NUMBERS = ("level", "billing_day")
GROUPS = ("all", "any", "not_")
_TESTS = ("is_", "in_", "not_in", "at_least", "at_most", "exists", "where", "days")
_FITTING = {
    "field": ("in_", "not_in", "at_least", "at_most"),
    "tag": ("is_", "in_", "at_least", "at_most", "exists"),
    "status": ("is_",),
    "did": ("at_least", "days", "where"),
}


@dataclass(frozen=True)
class OfField:
    """A field of the customer; texts have lists, numbers bounds."""

    field: str
    in_: tuple[str, ...] | None = None
    not_in: tuple[str, ...] | None = None
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class OfTag:
    """A test of a tag."""

    test: TagTest


@dataclass(frozen=True)
class OfStatus:
    """A status and what it must have been told as last."""

    name: str
    value: bool | int | str


@dataclass(frozen=True)
class Did:
    """Events of one type in a scope, at least so many; in the last `days`, or ever."""

    type: str
    at_least: int
    days: int | None
    where: Where


@dataclass(frozen=True)
class Group:
    """`all`, `any`, or none (`not_`) of its children."""

    kind: str
    children: tuple["Tree", ...]


Tree = Group | OfField | OfTag | OfStatus | Did


def parse(rule: RuleNode) -> tuple[Tree | None, list[Fault]]:
    """The rule as a tree, or None and what is wrong with it."""
    faults: list[Fault] = []
    tree = _node(rule, "rule", 1, faults)
    if tree is not None and sum(1 for _ in leaves(tree)) > MAX_LEAVES:
        faults.append(Fault("rule", "rule.too_many", f"at most {MAX_LEAVES} conditions"))
    return (None, faults) if faults else (tree, faults)


def leaves(tree: Tree) -> Iterator[Tree]:
    """Every condition of a tree, in reading order."""
    if isinstance(tree, Group):
        for child in tree.children:
            yield from leaves(child)
    else:
        yield tree


def tag_tests(node: RuleNode, path: str = "rule") -> Iterator[tuple[str, TagTest]]:
    """Every test of a tag in a rule without faults, with its path."""
    if node.tag is not None:
        yield path, _tag_test(node)
    for kind in GROUPS:
        for at, child in children_of(node, kind, path):
            yield from tag_tests(child, at)


def children_of(node: RuleNode | Combination, kind: str, path: str) -> list[tuple[str, Any]]:
    """The members of a group of a rule or a combination at `path`, each with its own, also where one stands without a
    list.
    """
    children, at = getattr(node, kind), f"{path}.{kind.rstrip('_')}"
    if isinstance(children, list):
        return [(f"{at}[{place}]", child) for place, child in enumerate(children)]
    return [] if children is None else [(at, children)]


def _node(node: RuleNode, path: str, depth: int, faults: list[Fault]) -> Tree | None:
    if depth > MAX_DEPTH:
        faults.append(Fault(path, "rule.too_deep", f"at most {MAX_DEPTH} levels"))
        return None
    named = [name for name in (*GROUPS, *_FITTING) if getattr(node, name) is not None]
    if len(named) != 1:
        known = ", ".join(name.rstrip("_") for name in (*GROUPS, *_FITTING))
        faults.append(Fault(path, "rule.unclear", f"exactly one of {known}"))
        return None
    [name] = named
    strange = [one for one in _TESTS if getattr(node, one) is not None and one not in _FITTING.get(name, ())]
    if strange:
        faults += [
            Fault(f"{path}.{one.rstrip('_')}", "rule.does_not_fit", f"has no place beside {name.rstrip('_')}")
            for one in strange
        ]
        return None
    if name in GROUPS:
        return _group(node, name, path, depth, faults)
    try:
        return _LEAVES[name](node)
    except _BadLeaf as bad:
        faults += [Fault(f"{path}.{fault.path}".rstrip("."), fault.code, fault.detail) for fault in bad.faults]
    return None


def _group(node: RuleNode, name: str, path: str, depth: int, faults: list[Fault]) -> Tree | None:
    children = children_of(node, name, path)
    if not children:
        faults.append(Fault(f"{path}.{name.rstrip('_')}", "rule.empty", "at least one condition"))
        return None
    parsed = [_node(child, at, depth + 1, faults) for at, child in children]
    return Group(name, tuple(child for child in parsed if child is not None))


class _BadLeaf(Exception):
    def __init__(self, *faults: Fault) -> None:
        self.faults = faults


def _of_field(node: RuleNode) -> OfField:
    field = node.field or ""
    bounds = node.at_least is not None or node.at_most is not None
    lists = [name for name in ("in_", "not_in") if getattr(node, name) is not None]
    if field in TEXTS and (len(lists) != 1 or bounds):
        raise _BadLeaf(Fault("", "rule.does_not_fit", f'{field} is tested by one of "in", "not_in"'))
    if field in NUMBERS and (lists or not bounds):
        raise _BadLeaf(Fault("", "rule.does_not_fit", f'{field} is tested by "at_least", "at_most"'))
    if node.at_least is not None and node.at_most is not None and node.at_most < node.at_least:
        raise _BadLeaf(Fault("at_most", "rule.impossible", "lies below at_least"))
    in_, not_in = (None if one is None else tuple(one) for one in (node.in_, node.not_in))
    return OfField(field, in_, not_in, node.at_least, node.at_most)


def _tag_test(node: RuleNode) -> TagTest:
    given = {name: getattr(node, name) for name in ("is_", "in_", "at_least", "at_most", "exists")}
    named = {name.rstrip("_"): value for name, value in given.items() if value is not None}
    return msgspec.convert({"tag": node.tag, **named}, TagTest)


def _of_tag(node: RuleNode) -> OfTag:
    try:
        return OfTag(_tag_test(node))
    except msgspec.ValidationError as error:
        raise _BadLeaf(Fault("", "rule.does_not_fit", str(error).split(" - at ")[0])) from None


def _of_status(node: RuleNode) -> OfStatus:
    if node.is_ is None:
        raise _BadLeaf(Fault("is", "rule.missing", 'what the status must be, as in "is": true'))
    return OfStatus(node.status or "", node.is_)


def _did(node: RuleNode) -> Did:
    kind = node.did or ""
    if not is_known_type(kind) or not (kind in MONEY_IN or kind in BEHAVIOUR or kind.startswith(CUSTOM)):
        known = ", ".join([*MONEY_IN, *BEHAVIOUR, f"{CUSTOM}<name>"])
        raise _BadLeaf(Fault("did", "rule.unknown_event", f"one of {known}"))
    times = 1 if node.at_least is None else node.at_least
    if not 1 <= times <= MOST_TIMES:
        raise _BadLeaf(Fault("at_least", "rule.impossible", f"from 1 to {MOST_TIMES} times"))
    where = node.where or {}
    item = Item("cumulative" if kind in MONEY_IN else "special", kind, kind, Measure.COUNT)
    if found := scopes.faults(where, item, "where"):
        raise _BadLeaf(*found)
    return Did(kind, times, node.days, where)


_LEAVES: dict[str, Callable[[RuleNode], Tree]] = {
    "field": _of_field,
    "tag": _of_tag,
    "status": _of_status,
    "did": _did,
}
