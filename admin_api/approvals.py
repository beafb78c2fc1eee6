"""What waits for the operator who asks."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import approvals, compensations, coupon_issues, exports, operators
from domain.approvals import Place, Waiting
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Cursor, Page, Routes
from kit.http.types import bad_cursor

_SOURCES = (approvals.CONFIGURATIONS_WAITING, compensations.WAITING, coupon_issues.WAITING, exports.WAITING)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PendingFilter(Cursor, forbid_unknown_fields=True):
    """Of one kind only, if named: a kind of configuration, `compensations`, `coupon-issues` or `exports`."""

    cursor: Annotated[str, Meta(max_length=128)] | None = None
    kind: Annotated[str, Meta(min_length=1, max_length=32)] | None = None


class PendingView(msgspec.Struct):
    """Something to agree to. `code` is an id where it is no configuration, which alone has a `version`. `cost_fen` is
    what it may cost at most; `age_seconds` since it was submitted; `href` is where to read it, and below it `/approve`,
    `/approve-budget` and `/reject`.
    """

    kind: str
    code: str
    name: str
    version: int | None
    waits_for: Literal["checker", "budget_approver"]
    cost_fen: int
    maker: str
    checker: str | None
    content_hash: str
    branch: str | None
    submitted_at: Instant
    age_seconds: int
    href: str


async def list_approvals(request: Request, query: PendingFilter, subject: OperatorIdentity) -> Page[PendingView]:
    """What the operator who asks could agree to, by their roles: not their own work, and not theirs twice."""
    after = None if query.cursor is None else _place(query.cursor)
    found = await approvals.pending(subject, _SOURCES, query.kind, after, query.limit + 1)
    following = _cursor(found[query.limit - 1].place) if len(found) > query.limit else None
    names = await operators.usernames(who for one in found for who in (one.maker_id, one.checker_id))
    return Page([_view(one, names) for one in found[: query.limit]], following)


def _view(one: Waiting, names: dict[int | None, str]) -> PendingView:
    submitted_at = one.place.submitted_at
    return PendingView(
        kind=one.place.kind,
        code=one.code,
        name=one.name,
        version=one.version,
        waits_for=one.waits_for,
        cost_fen=one.cost_fen,
        maker=names.get(one.maker_id, ""),
        checker=names.get(one.checker_id),
        content_hash=one.content_hash,
        branch=one.branch,
        submitted_at=clock.local_text(submitted_at),
        age_seconds=max(0, int((clock.now() - submitted_at).total_seconds())),
        href=f"/admin/v1/{one.place.kind}/{one.code}",
    )


def _cursor(place: Place) -> str:
    microseconds = (place.submitted_at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{microseconds}.{place.kind}.{place.id}".encode()).decode()


def _place(cursor: str) -> Place:
    """Raises `BadInput`."""
    try:
        microseconds, kind, number = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().split(".")
        place = Place(_EPOCH + timedelta(microseconds=int(microseconds)), kind, int(number))
    except (ValueError, OverflowError, binascii.Error):
        raise bad_cursor() from None
    if not 0 <= place.id < 2**63 or "\x00" in kind:
        raise bad_cursor()
    return place


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/approvals", tag="approvals", access=access(Scope.ROWS))(list_approvals)
