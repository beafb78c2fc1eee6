"""What approvals must know of a kind of configuration; each capability brings its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from domain.operators.identity import OperatorIdentity
from kit.database import Connection


class Version(msgspec.Struct, frozen=True):
    """One version of one configuration; `body` is the document as its kind's definition struct encodes it."""

    id: int
    kind: str
    code: str
    version: int
    state: str
    body: dict[str, Any]
    content_hash: str
    branch: str
    maker_id: int
    checker_id: int | None
    reject_reason: str | None
    created_at: datetime
    submitted_at: datetime | None
    live_at: datetime | None
    ended_at: datetime | None
    cost_fen: int = 0
    over_limit: bool = False
    budget_approver_id: int | None = None
    scheduled_at: datetime | None = None


Check = Callable[[str, Any], Awaitable[None]]
WentLive = Callable[[Connection, Version], Awaitable[None]]
Cost = Callable[[Any], int]
MayWrite = Callable[[OperatorIdentity, Any], Awaitable[None]]
MayLaunch = Callable[[Version], Awaitable[None]]


def costs_nothing(definition: Any) -> int:
    """The cost of kinds that spend nothing by themselves."""
    return 0


async def whoever_writes(operator: OperatorIdentity, definition: Any) -> None:
    """Nothing more is asked of who writes a draft than the role."""


async def may_always(version: Version) -> None:
    """Nothing more is asked than what `check` asks."""


@dataclass(frozen=True)
class Kind:
    """`name` as in `/admin/v1/{kind}`; `definition` is the struct of the body; `check(code, definition)` raises
    `RuleViolated` with the path of each fault; `went_live(connection, version)` runs in the approving transaction.

    `cost(definition)` is what it may cost at most, in fen: above the limit a budget approver is asked too, and always
    with `always_budget`. `may_write(operator, definition)` raises where such a document is not this operator's to
    write, `may_launch(version)` raises `RuleViolated` where a version must not be approved yet.
    `example` is a body for the document of the API.
    """

    name: str
    definition: type[msgspec.Struct]
    check: Check
    went_live: WentLive
    cost: Cost = costs_nothing
    always_budget: bool = False
    may_launch: MayLaunch = may_always
    may_write: MayWrite = whoever_writes
    example: Any = None
