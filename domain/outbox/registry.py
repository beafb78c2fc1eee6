"""Who reacts to what: filled once at start from the table in `domain.reactions`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from kit.database import Connection

Reaction = Callable[[Connection, Sequence[Any]], Awaitable[None]]
Reactions = Mapping[type[Any], Sequence[Reaction]]

_at_once: Reactions = {}
_later: Reactions = {}


def react_with(*, at_once: Reactions, later: Reactions) -> None:
    """Replace the table: `at_once` runs in the recording transaction, `later` in the relay's own."""
    global _at_once, _later
    _at_once, _later = at_once, later


def at_once(kind: type[Any]) -> Sequence[Reaction]:
    """Those who react inside the transaction that records the fact."""
    return _at_once.get(kind, ())


def later(kind: type[Any]) -> Sequence[Reaction]:
    """Those who react after it has committed."""
    return _later.get(kind, ())
