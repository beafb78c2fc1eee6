"""What may be asked of events, whoever asks: items (layers 1 and 2 of a condition) and scopes (layer 3). Pure."""

from domain.scopes.days import day_of
from domain.scopes.items import CATEGORIES, Item, Measure, find, known_items
from domain.scopes.scope import (
    CYCLIC,
    Predicate,
    Test,
    Where,
    allowed,
    bounds,
    compile_scope,
    field_of,
    mccs_of,
    only,
)
from domain.scopes.scope_faults import faults, largest_amount

__all__ = [
    "CATEGORIES",
    "CYCLIC",
    "Item",
    "Measure",
    "Predicate",
    "Test",
    "Where",
    "allowed",
    "bounds",
    "compile_scope",
    "day_of",
    "faults",
    "field_of",
    "find",
    "known_items",
    "largest_amount",
    "mccs_of",
    "only",
]
