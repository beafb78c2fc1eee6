"""The content of a task as operators write it: one struct for groups and conditions, so that every fault has a path."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class Node(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Either a group (`all`, `any`, or `at_least` k `of`) or one condition (`category`, `item`, …)."""

    all: list["Node"] | None = None
    any: list["Node"] | None = None
    of: list["Node"] | None = None
    at_least: int | None = None
    category: str | None = None
    item: Annotated[str, Meta(max_length=64)] | None = None
    where: dict[str, dict[str, Any]] | None = None
    is_: bool | int | str | None = msgspec.field(default=None, name="is")
    window: str | dict[str, Any] | None = None
