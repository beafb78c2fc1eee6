"""Chains and pools as a graph: the tasks, and which completion may lead to which."""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import msgspec

from domain import approvals
from domain.approvals import State, Version
from domain.operators import OperatorIdentity
from domain.tasks.definition import FollowUps
from domain.tasks.follow_text import claim_word, rule_text

KIND = "tasks"
_DRAFTS = tuple(approvals.IN_THE_MAKING)


class Node(msgspec.Struct, frozen=True):
    """A task; `absent` is one that ended, or belongs to another branch: only its code is told."""

    task: str
    name: str
    state: Literal["live", "paused", "draft", "absent"]


class Edge(msgspec.Struct, frozen=True):
    """A rule: completing `source` may push `target`. `draft`: only a version in the making says so."""

    source: str
    target: str
    mode: Literal["chain", "pool"]
    claim: Literal["automatic", "offer"]
    label: str
    message: str | None
    draft: bool


class Graph(msgspec.Struct, frozen=True):
    """Nodes by code, edges by source and rule."""

    nodes: list[Node]
    edges: list[Edge]


async def graph(operator: OperatorIdentity, code: str | None = None) -> Graph:
    """All that is reachable to and from the task, or every chain and pool without one, over what is live or paused and
    what is in the making, within the operator's branch. Raises `NotFound` for a task this operator may not see.
    """
    if code is not None:
        await approvals.read(KIND, code, operator)
    versions = await approvals.in_states(KIND, (State.LIVE, State.PAUSED, *_DRAFTS), operator.within)
    edges = edges_of(versions)
    if code is None:
        shown = {end for edge in edges for end in (edge.source, edge.target)}
    else:
        shown = _reach(code, edges, forward=True) | _reach(code, edges, forward=False)
    return Graph(_nodes(versions, shown), [edge for edge in edges if {edge.source, edge.target} <= shown])


def edges_of(versions: Iterable[Version]) -> list[Edge]:
    """Every rule of these versions; one that the live version and its draft share is told once, as live."""
    found: dict[tuple[str, str, str], Edge] = {}
    for version in sorted(versions, key=lambda one: (one.code, one.state in _DRAFTS)):
        follow_ups = follow_ups_of(version)
        for place, rule in enumerate(follow_ups.rules if follow_ups else []):
            assert follow_ups is not None  # it has rules
            label = rule_text(follow_ups, place)
            edge = Edge(
                version.code,
                rule.task,
                follow_ups.mode,
                claim_word(follow_ups, rule),
                label,
                rule.message,
                version.state in _DRAFTS,
            )
            found.setdefault((edge.source, edge.target, label), edge)
    return list(found.values())


def follow_ups_of(version: Version) -> FollowUps | None:
    """What a stored version says comes next."""
    return msgspec.convert(version.body.get("follow_ups"), FollowUps | None)


def _reach(code: str, edges: Sequence[Edge], *, forward: bool) -> set[str]:
    reached, waiting = {code}, [code]
    while waiting:
        here = waiting.pop()
        for edge in edges:
            near, far = (edge.source, edge.target) if forward else (edge.target, edge.source)
            if near == here and far not in reached:
                reached.add(far)
                waiting.append(far)
    return reached


def _nodes(versions: Sequence[Version], shown: Collection[str]) -> list[Node]:
    nodes = {code: Node(code, code, "absent") for code in shown}
    for version in sorted(versions, key=lambda one: one.state not in _DRAFTS):
        if version.code in shown:
            state: Literal["live", "paused", "draft"]
            state = "draft" if version.state in _DRAFTS else "paused" if version.state == State.PAUSED else "live"
            nodes[version.code] = Node(version.code, version.body["name"], state)
    return [nodes[code] for code in sorted(nodes)]
