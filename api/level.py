"""The level table with the customer's place in it, and the entries that led there."""

from datetime import datetime

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes
from domain import experience
from kit.http import Cursor, page_bounds
from kit.http.types import cursor_after


class LevelStep(msgspec.Struct):
    """A level and what it asks for."""

    rank: int
    name: str
    threshold: int


class NextLevel(LevelStep):
    """The level above, and what is missing for it."""

    missing: int


class LevelRow(LevelStep):
    """A row of the table; `reached` also for the levels below the current one."""

    benefits: list[str]
    reached: bool
    current: bool


class LevelStanding(msgspec.Struct):
    """The level table in force and where this customer stands in it; `next` is null at the top."""

    table: str
    version: int
    experience: int
    current: LevelStep
    next: NextLevel | None
    levels: list[LevelRow]


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
        levels=[
            LevelRow(
                level.rank,
                level.name,
                level.threshold,
                level.benefits,
                reached=level.rank <= current.rank,
                current=level.rank == current.rank,
            )
            for level in standing.table.levels
        ],
    )


@customer_routes.route("GET", "/experience", tag="level")
async def list_experience(request: Request, query: Cursor, subject: Subject) -> ExperiencePage:
    """Every movement of experience, newest first."""
    after, limit = page_bounds(query)
    found = await experience.entries(subject.customer_id, after, limit + 1)
    items = [ExperienceEntry(str(entry.id), entry.amount, entry.title, entry.created_at) for entry in found[:limit]]
    return ExperiencePage(items, cursor_after(found[limit - 1].id) if len(found) > limit else None)
