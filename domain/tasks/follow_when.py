"""Whom a follow-up is for: `when`, as operators write it, parsed with the path of every fault, and held against one
completion. Pure.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from domain.customers import Profile
from domain.tags import TagTest, Value, holds
from domain.tasks.conditions import Node, Program
from domain.tasks.conditions.tree import Group, Tree
from domain.tasks.definition import Code, Name, Stage
from kit.errors import Fault

StatusValue = bool | int | str
StatusName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z", max_length=64)]
_PERSONAL = ("stage", "level", "card_product", "branch", "status", "tag", "audience")


class Between(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Both bounds are included."""

    at_least: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    at_most: Annotated[int, Meta(ge=0, le=10_000)] | None = None

    def holds(self, number: int) -> bool:
        """Whether `number` lies within."""
        return (self.at_least is None or self.at_least <= number) and (self.at_most is None or number <= self.at_most)


class Completed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How it was completed: how soon after the claim, the how-manieth time in its cycle, by which conditions."""

    within_days: Annotated[int, Meta(ge=1, le=3660)] | None = None
    turn: Between | None = None
    conditions: list[str | int] = []


class Share(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Percent of the customers, `to` not included: shares of one pool that do not overlap exclude each other."""

    from_: Annotated[int, Meta(ge=0, le=100)] = msgspec.field(name="from")
    to: Annotated[int, Meta(ge=0, le=100)]


class When(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All of what it names must hold."""

    stage: Stage | list[Stage] | None = None
    level: Between | None = None
    card_product: Name | list[Name] | None = None
    branch: Name | list[Name] | None = None
    status: dict[StatusName, StatusValue] = {}
    tag: TagTest | list[TagTest] | None = None
    audience: Code | list[Code] | None = None
    completed: Completed | None = None
    share: Share | None = None

    @property
    def personal(self) -> bool:
        """Whether it looks at who the customer is or what they did; a random share does not."""
        return any(getattr(self, name) for name in _PERSONAL) or self.completed is not None

    def fits(self, profile: Profile, rank: int, bucket: float) -> bool:
        """What is asked of the customer, whatever they did."""
        return (
            _among(profile.stage, self.stage)
            and _among(profile.card_product, self.card_product)
            and _among(profile.branch, self.branch)
            and (self.level is None or self.level.holds(rank))
            and (self.share is None or self.share.from_ <= bucket < self.share.to)
        )

    def told(self, statuses: Mapping[str, Any]) -> bool:
        """Whether each status was last told as asked."""
        return all(name in statuses and statuses[name] == value for name, value in self.status.items())

    @property
    def tags(self) -> Sequence[TagTest]:
        """What is asked of the customer's tags."""
        return self.tag if isinstance(self.tag, list) else [self.tag] if self.tag is not None else []

    @property
    def audiences(self) -> Sequence[str]:
        """The customer belongs to one of these, where there are any."""
        return _listed(self.audience)

    def tagged(self, values: Mapping[str, Value]) -> bool:
        """Whether each tag is as asked."""
        return all(holds(test, values.get(test.tag)) for test in self.tags)

    def among(self, belongs_to: Collection[str]) -> bool:
        """Whether the customer, who is of these audiences, belongs to one that is named, where one is."""
        return self.audience is None or any(code in belongs_to for code in self.audiences)

    def completed_so(self, completion: "Completion") -> bool:
        """What is asked of the way it was completed."""
        terms = self.completed
        if terms is None:
            return True
        soon = terms.within_days is None or completion.took <= timedelta(days=terms.within_days)
        return (
            soon
            and (terms.turn is None or terms.turn.holds(completion.turn))
            and all(met in completion.met for met in terms.conditions)
        )


class Completion(msgspec.Struct, frozen=True):
    """How one claim was completed. `met` has the index of each condition and the path of each node that is met."""

    claimed_at: datetime
    completed_at: datetime
    turn: int
    met: frozenset[str | int]

    @property
    def took(self) -> timedelta:
        """From the claim to the completion."""
        return self.completed_at - self.claimed_at


def _listed(value: str | Sequence[str] | None) -> Sequence[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def _among(value: str | None, wanted: str | Sequence[str] | None) -> bool:
    return wanted is None or value in _listed(wanted)


def bucket_of(task: str, customer_id: int) -> float:
    """Where a customer stands in the shares of a task's pool: 0 to below 100, the same for ever, evenly spread."""
    digest = hashlib.blake2b(f"{task}/{customer_id}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) % 10_000) / 100


def when_of(document: Mapping[str, Any]) -> When:
    """A `when` that was found without fault."""
    return msgspec.convert(dict(document), When)


def faults(document: Mapping[str, Any], content: Node, program: Program, path: str) -> list[Fault]:
    """Everything wrong with a `when` of a task with this content, each with its path."""
    known = ", ".join(field.encode_name for field in msgspec.structs.fields(When))
    found: list[Fault] = []
    for key, value in document.items():
        at = f"{path}.{key}"
        if key not in known.split(", "):
            found.append(Fault(at, "task.unknown_when", f"one of {known}"))
        else:
            found.extend(_value_faults(key, value, at))
    if found:
        return found
    when = when_of(document)
    return [*_range_faults(when, path), *_condition_faults(when, content, program, f"{path}.completed.conditions")]


def _value_faults(key: str, value: Any, at: str) -> list[Fault]:
    if value is None or value in ([], {}):
        return [Fault(at, "task.wrong_when", "say what it must be, or leave it out")]
    try:
        msgspec.convert({key: value}, When)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$.")
        inner = place.rstrip("`").removeprefix(key).split("[...]")[0]
        detail = f"one or a list of {', '.join(get_args(Stage))}" if key == "stage" else problem
        return [Fault(f"{at}{inner}", "task.wrong_when", detail)]
    return []


def _range_faults(when: When, path: str) -> list[Fault]:
    ranges: list[tuple[str, Between | None]] = [
        ("level", when.level),
        ("completed.turn", when.completed.turn if when.completed else None),
    ]
    found = [
        Fault(f"{path}.{at}", "task.impossible_when", "at_most must not lie below at_least")
        for at, one in ranges
        if one and one.at_least is not None and one.at_most is not None and one.at_most < one.at_least
    ]
    if when.share and when.share.from_ >= when.share.to:
        found.append(Fault(f"{path}.share.to", "task.impossible_share", "must lie above from, within 0 to 100"))
    return found


def _condition_faults(when: When, content: Node, program: Program, path: str) -> list[Fault]:
    known = nodes_met(content, program, None)
    paths = ", ".join(str(name) for name in sorted(known, key=str))
    return [
        Fault(f"{path}[{place}]", "task.unknown_condition", f"one of {paths}")
        for place, name in enumerate(when.completed.conditions if when.completed else [])
        if isinstance(name, bool) or name not in known
    ]


def nodes_met(content: Node, program: Program, states: Sequence[Any] | None) -> frozenset[str | int]:
    """The index of each condition and the path of each node these states meet; of all of them without states."""
    found: set[str | int] = set()
    _collect(content, program.tree, "content", states, found)
    return frozenset(found)


def _collect(node: Node, tree: Tree, path: str, states: Sequence[Any] | None, found: set[str | int]) -> bool:
    if isinstance(tree, Group):
        kind: Literal["all", "any", "of"] = "all" if node.all else "any" if node.any else "of"
        children = zip(getattr(node, kind), tree.children, strict=True)
        inside = [_collect(one, two, f"{path}.{kind}[{i}]", states, found) for i, (one, two) in enumerate(children)]
        met = sum(inside) >= tree.need
    else:
        met = states is None or tree.met(states[tree.index])
        if met:
            found.add(tree.index)
    if met:
        found.add(path)
    return met
