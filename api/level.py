"""The level table with the customer's place in it, and the entries that led there."""

from datetime import datetime
from typing import Literal

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes
from domain import benefits, coupons, experience
from domain.facts import RewardDue
from kit.http import Cursor, page_bounds
from kit.http.types import next_cursor


class LevelStep(msgspec.Struct):
    """A level and what it asks for."""

    rank: int
    name: str
    threshold: int


class NextLevel(LevelStep):
    """The level above, and what is missing for it."""

    missing: int


class LevelGift(msgspec.Struct):
    """What rising to a level earns, once a period."""

    kind: Literal["experience", "coupon", "benefit"]
    name: str
    amount: int


class LevelRow(LevelStep):
    """A row of the table; `reached` also for the levels below the current one. `benefits` are its holders' as long as
    they hold it, `gifts` are for rising to it, `keep` is what has to be earned within each period to keep it.
    """

    benefits: list[str]
    gifts: list[LevelGift]
    keep: int | None
    picture: str
    reached: bool
    current: bool


class LevelKeep(msgspec.Struct):
    """What keeps the level held, and by when."""

    needed: int
    earned: int
    missing: int
    by: datetime


class LevelChange(msgspec.Struct):
    """The level changed or was renewed."""

    before: int
    after: int
    reason: Literal["rise", "fall", "renew", "clawback", "table"]
    at: datetime


class LevelStanding(msgspec.Struct):
    """The level table in force and where this customer stands in it; `next` is null at the top."""

    table: str
    version: int
    experience: int
    current: LevelStep
    next: NextLevel | None
    holds_until: datetime | None
    keep: LevelKeep | None
    levels: list[LevelRow]
    changes: list[LevelChange]


class ExperienceEntry(msgspec.Struct):
    """Points earned, or below zero taken back."""

    entry_id: str
    amount: int
    title: str
    created_at: datetime


class ExperiencePage(msgspec.Struct):
    """A page of entries, newest first."""

    items: list[ExperienceEntry]
    next_cursor: str | None


@customer_routes.route("GET", "/level", tag="level")
async def read_level(request: Request, subject: Subject) -> LevelStanding:
    """The level table with this customer's own place."""
    standing = await experience.standing(subject.customer_id)
    current, following = standing.current, standing.next
    return LevelStanding(
        table=standing.table.name,
        version=standing.version,
        experience=standing.balance,
        current=LevelStep(current.rank, current.name, current.threshold),
        next=NextLevel(following.rank, following.name, following.threshold, standing.missing) if following else None,
        holds_until=standing.holds_until,
        keep=LevelKeep(**msgspec.structs.asdict(standing.keep)) if standing.keep else None,
        changes=[LevelChange(**msgspec.structs.asdict(one)) for one in await experience.changes(subject.customer_id)],
        levels=[
            LevelRow(
                level.rank,
                level.name,
                level.threshold,
                [*level.benefits, *map(benefits.benefit_name, level.standing)],
                [LevelGift(gift.kind, _name(gift), gift.amount) for gift in (one.due() for one in level.gifts)],  # type: ignore[arg-type]
                level.keep,
                level.picture,
                reached=level.rank <= current.rank,
                current=level.rank == current.rank,
            )
            for level in standing.table.levels
        ],
    )


def _name(gift: RewardDue) -> str:
    if gift.kind == "coupon":
        return coupons.template_name(gift.target or "")
    return benefits.benefit_name(gift.target or "") if gift.kind == "benefit" else "经验值"


@customer_routes.route("GET", "/experience", tag="level")
async def list_experience(request: Request, query: Cursor, subject: Subject) -> ExperiencePage:
    """Every movement of experience, newest first."""
    after, limit = page_bounds(query)
    found = await experience.entries(subject.customer_id, after, limit + 1)
    items = [ExperienceEntry(str(entry.id), entry.amount, entry.title, entry.created_at) for entry in found[:limit]]
    return ExperiencePage(items, next_cursor(found, limit))
