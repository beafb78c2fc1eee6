"""What is left of budgets and stocks."""

from datetime import date
from typing import Literal

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import campaigns
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor


class Ceiling(msgspec.Struct, kw_only=True):
    """A ceiling in fen and what was taken of it: `reserved_fen` for what is still to be given, `committed_fen` for what
    was given. A ceiling of null is none.
    """

    ceiling_fen: int | None
    reserved_fen: int
    committed_fen: int
    left_fen: int | None


class PotView(Ceiling, kw_only=True):
    """`branch` is null for the whole campaign, `HQ` for what head office keeps for branches without a share."""

    branch: str | None
    daily_fen: int | None


class DayView(Ceiling, kw_only=True):
    """What one business day has taken of a pot; a release credits the day of its reservation."""

    day: str
    branch: str | None


class WarningView(msgspec.Struct):
    """Little was left: `used` of `ceiling` is gone, in fen of a budget, in pieces of a stock; `until` is null while it
    stands.
    """

    warning_id: str
    subject: Literal["budget", "coupon_stock", "benefit_stock"]
    code: str
    branch: str | None
    day: str | None
    ceiling: int
    used: int
    at: Instant
    until: Instant | None


class BudgetView(msgspec.Struct):
    """The budget of a campaign, its last 31 days newest first, and the warnings that stand."""

    campaign: str
    warn_at: int
    pots: list[PotView]
    days: list[DayView]
    warnings: list[WarningView]


class WarningFilter(Cursor, forbid_unknown_fields=True):
    """Without `standing` those that still stand and those that are over."""

    standing: bool | None = None


async def get_budget(request: Request, code: str, subject: OperatorIdentity) -> BudgetView:
    """Ceilings, and what is reserved, committed and left of them; a branch sees its share of others' campaigns."""
    found = await campaigns.budget(subject, code)
    return BudgetView(
        found.campaign,
        found.warn_at,
        [
            PotView(
                branch=one.branch or None,
                daily_fen=one.daily_fen,
                ceiling_fen=one.ceiling_fen,
                reserved_fen=one.reserved_fen,
                committed_fen=one.committed_fen,
                left_fen=one.left_fen,
            )
            for one in found.pots
        ],
        [
            DayView(
                day=one.day.isoformat(),
                branch=one.branch or None,
                ceiling_fen=one.ceiling_fen,
                reserved_fen=one.reserved_fen,
                committed_fen=one.committed_fen,
                left_fen=one.left_fen,
            )
            for one in found.days
        ],
        [_warning(one) for one in found.warnings],
    )


async def list_warnings(request: Request, query: WarningFilter, subject: OperatorIdentity) -> Page[WarningView]:
    """Budgets and stocks of which little was left, newest first."""
    before, limit = page_bounds(query)
    found = await campaigns.warnings(subject, standing=query.standing, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page([_warning(one) for one in found[:limit]], following)


def _warning(one: campaigns.LowWarning) -> WarningView:
    return WarningView(
        str(one.id),
        one.subject,
        one.code,
        one.branch or None,
        _day(one.day),
        one.ceiling,
        one.used,
        clock.local_text(one.at),
        clock.local_text(one.until) if one.until else None,
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/campaigns/{code}/budget", tag="campaigns", errors=(404,), access=access(Scope.ONE))(get_budget)
    room.route("GET", "/warnings", tag="warnings", access=access(Scope.ROWS))(list_warnings)
