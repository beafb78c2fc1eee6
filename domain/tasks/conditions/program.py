"""A task's content compiled once per version: its conditions, and whether their states together complete it."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.tasks.conditions.label import label_of
from domain.tasks.conditions.leaf import EMPTY, Leaf, State
from domain.tasks.conditions.periods import BILLING
from domain.tasks.conditions.rule import rule_of
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
    rule: str
    """How the conditions together complete the task, in the customer's words; empty for a single one."""

    @property
    def looks_back(self) -> bool:
        """Whether what happened before the claim can count."""
        return any(leaf.window.name != "claim" for leaf in self.leaves)

    @property
    def by_billing_cycle(self) -> bool:
        """Whether the customer's billing day matters."""
        return any(leaf.window.name == BILLING for leaf in self.leaves)

    def start(self) -> list[State]:
        """The states of a claim that has seen nothing."""
        return [EMPTY] * len(self.leaves)

    def completes(self, states: Sequence[State]) -> bool:
        """Whether the task is done."""
        return _met(self.tree, self._reached(states))

    def progress(self, states: Sequence[State]) -> list[Progress]:
        """Every condition, in the order operators wrote them."""
        return self.standing(states)[1]

    def percent(self, states: Sequence[State]) -> int:
        """0 to 100; 100 only when done. A group counts the children that are nearest to done."""
        return self.standing(states)[0]

    def standing(self, states: Sequence[State]) -> tuple[int, list[Progress]]:
        """Percent and progress, each condition measured once."""
        reached = self._reached(states)
        done = _met(self.tree, reached)
        percent = 100 if done else min(99, int(_share(self.tree, reached) * 100))
        return percent, [
            Progress(label, max(0, current), leaf.target, leaf.item.unit, current >= leaf.target)
            for leaf, label, current in zip(self.leaves, self.labels, reached, strict=True)
        ]

    def _reached(self, states: Sequence[State]) -> list[int]:
        return [leaf.current(state) for leaf, state in zip(self.leaves, states, strict=True)]


def compile_content(content: Node) -> Program:
    """Raises `RuleViolated` when the content is impossible."""
    tree, leaves = parse(content)
    return Program(tree, tuple(leaves), tuple(map(label_of, leaves)), rule_of(tree))


def _met(tree: Tree, reached: Sequence[int]) -> bool:
    if isinstance(tree, Group):
        return sum(_met(child, reached) for child in tree.children) >= tree.need
    return reached[tree.index] >= tree.target


def _share(tree: Tree, reached: Sequence[int]) -> float:
    if isinstance(tree, Group):
        nearest = sorted((_share(child, reached) for child in tree.children), reverse=True)[: tree.need]
        return sum(nearest) / tree.need
    return max(0.0, min(1.0, reached[tree.index] / tree.target))
