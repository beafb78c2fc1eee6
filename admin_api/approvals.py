"""What waits for the operator who asks."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import approvals, operators
from domain.approvals import State, Version
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import cursor_after


class PendingFilter(Cursor, forbid_unknown_fields=True):
    """Of one kind only, if named."""

    kind: Annotated[str, Meta(min_length=1, max_length=32)] | None = None


class PendingView(msgspec.Struct):
    """A version to agree to. `cost_fen` is what it may cost at most; `age_seconds` since it was submitted; `href` is
    where to read it, and below it `/approve`, `/approve-budget` and `/reject`.
    """

    kind: str
    code: str
    name: str
    version: int
    waits_for: Literal["checker", "budget_approver"]
    cost_fen: int
    maker: str
    checker: str | None
    content_hash: str
    branch: str
    submitted_at: Instant
    age_seconds: int
    href: str


async def list_approvals(request: Request, query: PendingFilter, subject: OperatorIdentity) -> Page[PendingView]:
    """What the operator who asks could agree to, by their roles: not their own work, and not theirs twice."""
    after, limit = page_bounds(query)
    found = await approvals.pending(subject, query.kind, after, limit + 1)
    following = cursor_after(found[limit - 1].id) if len(found) > limit else None
    names = await operators.usernames(who for one in found for who in (one.maker_id, one.checker_id))
    return Page([_view(version, names) for version in found[:limit]], following)


def _view(version: Version, names: dict[int | None, str]) -> PendingView:
    submitted_at = version.submitted_at or version.created_at
    return PendingView(
        kind=version.kind,
        code=version.code,
        name=str(version.body.get("name") or version.code),
        version=version.version,
        waits_for="budget_approver" if version.state == State.CHECKED else "checker",
        cost_fen=version.cost_fen,
        maker=names.get(version.maker_id, ""),
        checker=names.get(version.checker_id),
        content_hash=version.content_hash,
        branch=version.branch,
        submitted_at=clock.local_text(submitted_at),
        age_seconds=max(0, int((clock.now() - submitted_at).total_seconds())),
        href=f"/admin/v1/{version.kind}/{version.code}",
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/approvals", tag="approvals", access=access(Scope.ROWS))(list_approvals)
