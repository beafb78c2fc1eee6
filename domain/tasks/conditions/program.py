"""A task's content compiled once per version: its conditions, and whether their states together complete it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.tasks.conditions.label import label_of
from domain.tasks.conditions.leaf import EMPTY, Leaf, State
from domain.tasks.conditions.schema import Node
from domain.tasks.conditions.tree import Group, Tree, parse


@dataclass(frozen=True)
class Progress:
    """How far one condition has come; `current` is clamped to what a page can show."""

    label: str
    current: int
    target: int
    unit: str
    done: bool


@dataclass(frozen=True)
class Program:
    """The compiled content of one task version."""

    tree: Tree
    leaves: tuple[Leaf, ...]
    labels: tuple[str, ...]

    @property
    def looks_back(self) -> bool:
        """Whether what happened before the claim can count."""
        return any(leaf.window.name != "claim" for leaf in self.leaves)

    def start(self) -> list[State]:
        """The states of a claim that has seen nothing."""
        return [EMPTY] * len(self.leaves)

    def completes(self, states: Sequence[State]) -> bool:
        """Whether the task is done."""
        return _met(self.tree, states)

    def progress(self, states: Sequence[State]) -> list[Progress]:
        """Every condition, in the order operators wrote them."""
        return [
            Progress(label, max(0, leaf.current(state)), leaf.target, leaf.item.unit, leaf.met(state))
            for leaf, label, state in zip(self.leaves, self.labels, states, strict=True)
        ]

    def percent(self, states: Sequence[State]) -> int:
        """0 to 100; 100 only when done. A group counts the children that are nearest to done."""
        if self.completes(states):
            return 100
        return min(99, int(_share(self.tree, states) * 100))


def compile_content(content: Node) -> Program:
    """Raises `RuleViolated` when the content is impossible."""
    tree, leaves = parse(content)
    nodes = _conditions(content)
    return Program(tree, tuple(leaves), tuple(label_of(leaf, node) for leaf, node in zip(leaves, nodes, strict=True)))


def _conditions(node: Node) -> list[Node]:
    children = node.all or node.any or node.of
    if children is None:
        return [node]
    return [condition for child in children for condition in _conditions(child)]


def _met(tree: Tree, states: Sequence[Any]) -> bool:
    if isinstance(tree, Group):
        return sum(_met(child, states) for child in tree.children) >= tree.need
    return tree.met(states[tree.index])


def _share(tree: Tree, states: Sequence[Any]) -> float:
    if isinstance(tree, Group):
        nearest = sorted((_share(child, states) for child in tree.children), reverse=True)[: tree.need]
        return sum(nearest) / tree.need
    return max(0.0, min(1.0, tree.current(states[tree.index]) / tree.target))
