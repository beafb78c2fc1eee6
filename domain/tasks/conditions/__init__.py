"""What a task asks, as data: parsed, checked, compiled to closures, evaluated alike live and from the store. Pure."""

from domain.tasks.conditions.exact import exact_states
from domain.tasks.conditions.leaf import EMPTY, Leaf
from domain.tasks.conditions.netting import Netted, net
from domain.tasks.conditions.program import Program, Progress, compile_content
from domain.tasks.conditions.schema import Node
from domain.tasks.conditions.tree import MAX_DEPTH, parse
from domain.tasks.conditions.window import Span

__all__ = [
    "EMPTY",
    "MAX_DEPTH",
    "Leaf",
    "Netted",
    "Node",
    "Program",
    "Progress",
    "Span",
    "compile_content",
    "exact_states",
    "net",
    "parse",
]
