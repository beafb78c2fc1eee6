"""What a maker asks for: which coupon, for whom, and what happens at the daily cap."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Short = Annotated[str, Meta(min_length=1, max_length=32)]
Stage = Literal["base", "payer", "wealth", "credit"]


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Customers who are all of this; an empty list asks for nothing. `min_level` is the rank of a level, `code` an
    audience operators made.
    """

    stages: list[Stage] = []
    branches: Annotated[list[Short], Meta(max_length=200)] = []
    card_products: Annotated[list[Short], Meta(max_length=100)] = []
    min_level: Annotated[int, Meta(ge=0, le=99)] = 0
    # Left out where there is none: what was asked for before there were any keeps its hash.
    code: Code | UnsetType = UNSET


class IssueRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of `audience` and `file` (the id of an import). `at_daily_cap` says whether the rest waits for the
    next day or is given up.
    """

    template: Code
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    audience: Audience | None = None
    file: Annotated[str, Meta(pattern=r"^[0-9]{1,18}\Z")] | None = None
    at_daily_cap: Literal["wait", "end"] = "wait"


class FileContent(msgspec.Struct, frozen=True):
    """A file by id and by what stood in it (SHA-256)."""

    id: int
    name: str
    digest: str


class Content(msgspec.Struct, frozen=True):
    """What the checker approves, as it is kept."""

    template: str
    reason: str
    at_daily_cap: Literal["wait", "end"]
    audience: Audience | None = None
    file: FileContent | None = None
