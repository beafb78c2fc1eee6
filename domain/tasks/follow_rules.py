"""Chains and pools: what could never work, what makes a circle, and which follow-ups a completion pushes. Pure."""

from collections import deque
from collections.abc import Mapping, Sequence

from domain.tasks.conditions import Program
from domain.tasks.definition import FollowUps, TaskDefinition
from domain.tasks.follow_when import faults as when_faults
from kit.errors import Fault, RuleViolated

MOST_RULES = 20
Edges = Mapping[str, Sequence[str]]


def targets(follow_ups: FollowUps | None) -> list[str]:
    """The tasks that may come next, in order, each once."""
    return list(dict.fromkeys(rule.task for rule in follow_ups.rules)) if follow_ups else []


def shape_faults(definition: TaskDefinition, program: Program) -> list[Fault]:
    """What is wrong with the follow-ups of a task by themselves."""
    follow_ups = definition.follow_ups
    if follow_ups is None:
        return []
    found = _chain_faults(follow_ups) if follow_ups.mode == "chain" else _pool_faults(follow_ups)
    for place, rule in enumerate(follow_ups.rules):
        found += when_faults(rule.when, definition.content, program, f"follow_ups.rules[{place}].when")
    return found


def _chain_faults(follow_ups: FollowUps) -> list[Fault]:
    found: list[Fault] = []
    if len(follow_ups.rules) != 1:
        detail = "a chain has exactly one rule, its next step; several belong to a pool"
        found.append(Fault("follow_ups.rules", "task.chain_one_step", detail))
    if follow_ups.open_offers is not None:
        found.append(Fault("follow_ups.open_offers", "task.chain_offers_nothing", "belongs to a pool"))
    found += [
        Fault(f"follow_ups.rules[{place}].claim", "task.chain_offers_nothing", "a chain claims its next step")
        for place, rule in enumerate(follow_ups.rules)
        if rule.claim == "offer"
    ]
    return found


def _pool_faults(follow_ups: FollowUps) -> list[Fault]:
    if 1 <= len(follow_ups.rules) <= MOST_RULES:
        return []
    return [Fault("follow_ups.rules", "task.follow_up_rules", f"from 1 to {MOST_RULES} rules")]


def circle_through(edges: Edges, start: str) -> list[str] | None:
    """The shortest way from `start` back to itself, both ends named; None where there is none."""
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        task = waiting.popleft()
        for following in edges.get(task, ()):
            if following == start:
                return _way(came_from, start, task)
            if following not in came_from:
                came_from[following] = task
                waiting.append(following)
    return None


def _way(came_from: Mapping[str, str], start: str, last: str) -> list[str]:
    way = [last]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return [*reversed(way), start]


def circle_faults(edges: Edges, code: str, follow_ups: FollowUps | None) -> list[Fault]:
    """One fault for each rule of `code` that closes a circle, named with its codes: `a → b → a`."""
    found: list[Fault] = []
    for place, rule in enumerate(follow_ups.rules if follow_ups else []):
        circle = circle_through({**edges, code: [rule.task]}, code)
        if circle:
            found.append(Fault(f"follow_ups.rules[{place}].task", "task.follow_up_circle", " → ".join(circle)))
    return found


def refuse_circles(found: Sequence[Fault]) -> None:
    """Raises `RuleViolated` (`task.follow_up_circle`)."""
    if found:
        raise RuleViolated("task.follow_up_circle", f"后续任务形成了循环：{found[0].detail}", list(found))
