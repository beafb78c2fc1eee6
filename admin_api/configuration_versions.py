"""The versions of a configuration, what differs between them, what happened to them, and a copy of one."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.configuration_view import ConfigurationView, view, views
from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import approvals, operators
from domain.approvals import Kind, Version
from domain.operators import OperatorIdentity
from kit import clock
from kit.errors import NotFound
from kit.http import Code, Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

Handler = Callable[..., Awaitable[Any]]


class DifferenceView(msgspec.Struct):
    """One place where two versions differ; what is absent on one side is null there."""

    path: str
    change: Literal["added", "removed", "changed"]
    before: Any
    after: Any


class Differences(msgspec.Struct):
    """What changes from one version to another."""

    from_version: int
    to_version: int
    differences: list[DifferenceView]


class HappenedView(msgspec.Struct):
    """One act; `operator` is null where the platform acted by itself."""

    version: int
    act: str
    from_state: str | None
    to_state: str
    operator: str | None
    content_hash: str
    reason: str | None
    at: Instant


class History(msgspec.Struct):
    """The latest two hundred acts, newest first."""

    items: list[HappenedView]


class CopyOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Under which code, and of which version (the latest unless given)."""

    code: Code
    version: Annotated[int, Meta(ge=1, le=10**6)] | None = None


def add(room: Routes, kind: Kind) -> None:
    """Put the routes of one kind into the room."""
    slug, one, tag = kind.name.replace("-", "_"), f"/{kind.name}/{{code}}", kind.name
    for method, path, handler, verb, options in (
        ("GET", f"{one}/versions", _listing(kind), "list_versions_of", {"errors": (404,)}),
        ("GET", f"{one}/versions/{{version}}", _reading(kind), "get_version_of", {"errors": (404,)}),
        ("GET", f"{one}/versions/{{a}}/diff/{{b}}", _differing(kind), "diff_versions_of", {"errors": (404,)}),
        ("GET", f"{one}/history", _telling(kind), "get_history_of", {"errors": (404,)}),
        ("POST", f"{one}/copy", _copying(kind), "copy", {"status": 201, "errors": (404, 409, 422)}),
    ):
        handler.__name__ = f"{verb}_{slug}"
        may = access(Scope.ONE, *(approvals.WRITERS if method == "POST" else ()))
        room.route(method, path, tag=tag, access=may, **options)(handler)


def _listing(kind: Kind) -> Handler:
    async def list_versions(
        request: Request, code: str, query: Cursor, subject: OperatorIdentity
    ) -> Page[ConfigurationView]:
        """Every version, newest first."""
        before, limit = page_bounds(query)
        found = await approvals.versions_of(kind.name, code, subject, before, limit + 1)
        following = next_cursor(found, limit, lambda one: one.version)
        return Page(await views(found[:limit]), following)

    return list_versions


def _reading(kind: Kind) -> Handler:
    async def get_version(request: Request, code: str, version: str, subject: OperatorIdentity) -> ConfigurationView:
        """One version by its number."""
        return await view(await _numbered(kind, code, version, subject))

    return get_version


def _differing(kind: Kind) -> Handler:
    async def diff(request: Request, code: str, a: str, b: str, subject: OperatorIdentity) -> Differences:
        """What changes from version `a` to version `b`, by path."""
        before = await _numbered(kind, code, a, subject)
        after = await _numbered(kind, code, b, subject)
        found = approvals.differences(before.body, after.body)
        shown = [DifferenceView(one.path, one.change, one.before, one.after) for one in found]
        return Differences(before.version, after.version, shown)

    return diff


def _telling(kind: Kind) -> Handler:
    async def history(request: Request, code: str, subject: OperatorIdentity) -> History:
        """Who did what to it, and when."""
        found = await approvals.history(kind.name, code, subject)
        names = await operators.usernames(one.operator_id for one in found)
        return History(
            [
                HappenedView(
                    one.version,
                    one.act,
                    one.from_state,
                    one.to_state,
                    names.get(one.operator_id),
                    one.content_hash,
                    one.reason,
                    clock.local_text(one.at),
                )
                for one in found
            ]
        )

    return history


def _copying(kind: Kind) -> Handler:
    async def copy(request: Request, code: str, body: CopyOrder, subject: OperatorIdentity) -> ConfigurationView:
        """Begin a new configuration as a draft that says the same."""
        return await view((await approvals.copy(kind, code, body.code, subject, body.version)).version)

    return copy


async def _numbered(kind: Kind, code: str, number: str, subject: OperatorIdentity) -> Version:
    missing = NotFound("configuration.no_such_version", "没有这个版本")
    wanted = number_or(number, missing)
    if not 0 < wanted < 2**31:
        raise missing
    return await approvals.version_numbered(kind.name, code, subject, wanted)
