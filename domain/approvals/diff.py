"""What differs between two documents, by path. Pure."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

_ABSENT = object()


class Difference(msgspec.Struct, frozen=True):
    """One place where two documents differ; `path` as in faults. What is absent on one side is null there."""

    path: str
    change: Literal["added", "removed", "changed"]
    before: Any
    after: Any


def differences(before: Any, after: Any) -> list[Difference]:
    """From `before` to `after`, in order of the fields; lists are compared place by place."""
    return list(_differ("", before, after))


def _differ(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            at = f"{path}.{name}" if path else name
            yield from _differ(at, before.get(name, _ABSENT), after.get(name, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            yield from _differ(f"{path}[{place}]", _at(before, place), _at(after, place))
    elif before is _ABSENT:
        yield Difference(path, "added", None, after)
    elif after is _ABSENT:
        yield Difference(path, "removed", before, None)
    elif before != after or type(before) is not type(after):
        yield Difference(path, "changed", before, after)


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else _ABSENT
