"""A level table as operators write it."""

from typing import Annotated

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=32)]
Words = Annotated[str, Meta(min_length=1, max_length=100)]


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level: reached with `threshold` points of experience."""

    rank: Annotated[int, Meta(ge=0, le=99)]
    name: Name
    threshold: Annotated[int, Meta(ge=0, le=10**12)]
    benefits: Annotated[list[Words], Meta(max_length=20)] = []


class LevelTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/level-tables/{code}`."""

    name: Name
    levels: Annotated[list[Level], Meta(min_length=1, max_length=50)]
