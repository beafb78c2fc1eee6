"""Everything operators configure, one set of routes per kind: written, submitted, approved, paused, ended."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.configuration_view import ConfigurationDetail, ConfigurationView, detail, view, views
from admin_api.guard import Access, Scope, access
from domain import approvals
from domain.approvals import MOVERS, WRITERS, Kind, State, Version
from domain.operators import OperatorIdentity, Role
from kit.http import Answer, Code, Cursor, Page, Routes, page_bounds
from kit.http.problems import bad_input
from kit.http.types import next_cursor

Handler = Callable[..., Awaitable[Any]]
Move = Callable[[Kind, str, OperatorIdentity], Awaitable[Version]]
_MOVES: dict[str, tuple[Move, str]] = {
    "submit": (approvals.submit, "Hand the draft to the checkers"),
    "pause": (approvals.pause, "Suspend what is live; nothing that ran on it is undone"),
    "resume": (approvals.resume, "Put what is paused back"),
    "unschedule": (approvals.unschedule, "Make what waits for its time a draft again"),
    "end": (approvals.end, "End what is live or paused for good, or withdraw a draft"),
}


class BudgetApproval(msgspec.Struct, forbid_unknown_fields=True):
    """`content_hash` as the approver has read it; another content is refused (`approval.content_changed`)."""

    content_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] | None = None


class Approval(BudgetApproval, forbid_unknown_fields=True):
    """With `live_at` the version goes live by itself at that time."""

    live_at: Annotated[datetime, Meta(tz=True)] | None = None


class Rejection(msgspec.Struct, forbid_unknown_fields=True):
    """Why the maker gets it back."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class ConfigurationFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` the latest version of each code, with it every version in that state. `text` stands in code or
    name; `campaign` is what the document names.
    """

    state: State | None = None
    campaign: Code | None = None
    branch: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    text: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    changed_since: Annotated[datetime, Meta(tz=True)] | None = None


def add(room: Routes, kind: Kind) -> None:
    """Put the routes of one kind into the room; its operations are named `put_tasks`, `approve_tasks`, …"""
    slug, one, tag = kind.name.replace("-", "_"), f"/{kind.name}/{{code}}", kind.name

    def may(*roles: Role) -> Access:
        return access(Scope.ONE, *roles)

    def put(method: str, path: str, handler: Handler, verb: str, summary: str = "", **options: Any) -> None:
        handler.__name__ = f"{verb}_{slug}"
        handler.__doc__ = summary or handler.__doc__
        room.route(method, path, tag=tag, **options)(handler)

    put(
        "PUT",
        one,
        _saving(kind),
        "put",
        also=(201,),
        errors=(404, 409, 422),
        example=kind.example,
        access=may(*WRITERS),
    )
    put("GET", one, _reading(kind), "get", errors=(404,), access=may())
    put("GET", f"/{kind.name}", _listing(kind), "list", access=access(Scope.ROWS))
    put(
        "POST",
        f"{one}/approve",
        _approving(kind),
        "approve",
        errors=(404, 409, 422),
        access=may(*MOVERS[approvals.Move.APPROVE]),
    )
    put(
        "POST",
        f"{one}/approve-budget",
        _agreeing(kind),
        "approve_budget",
        errors=(404, 409, 422),
        access=may(*MOVERS[approvals.Move.APPROVE_BUDGET]),
    )
    put(
        "POST",
        f"{one}/reject",
        _rejecting(kind),
        "reject",
        errors=(404, 409),
        access=may(*MOVERS[approvals.Move.REJECT]),
    )
    for verb, (move, summary) in _MOVES.items():
        refusals = (404, 409, 422) if verb == "submit" else (404, 409)
        movers = may(*MOVERS[approvals.Move(verb)])
        put("POST", f"{one}/{verb}", _moving(kind, move), verb, summary, errors=refusals, access=movers)


def _saving(kind: Kind) -> Handler:
    async def put(request: Request, code: str, body: Any, subject: OperatorIdentity) -> Answer[ConfigurationView]:
        """Write the draft: a new version (201) when none is in the making, else over it (200)."""
        saved = await approvals.save_draft(kind, checked_code(code), body, subject)
        return Answer(await view(saved.version), status=201 if saved.created else 200)

    put.__annotations__["body"] = kind.definition
    return put


def _reading(kind: Kind) -> Handler:
    async def get(request: Request, code: str, subject: OperatorIdentity) -> ConfigurationDetail:
        """The latest version, and the live one if that is another."""
        return await detail(await approvals.read(kind.name, code, subject))

    return get


def _listing(kind: Kind) -> Handler:
    async def get_list(
        request: Request, query: ConfigurationFilter, subject: OperatorIdentity
    ) -> Page[ConfigurationView]:
        """Configurations of the operator's branch, newest first; head office sees all."""
        after, limit = page_bounds(query)
        wanted = msgspec.convert(query, approvals.Filter, from_attributes=True)
        found = await approvals.list_(kind.name, subject, wanted, after=after, limit=limit + 1)
        following = next_cursor(found, limit)
        return Page(await views(found[:limit]), following)

    return get_list


def _approving(kind: Kind) -> Handler:
    async def approve(
        request: Request, code: str, body: Approval | None, subject: OperatorIdentity
    ) -> ConfigurationView:
        """Make the submitted version live, or schedule it. Its maker may not (`approval.maker_is_checker`).

        Where it may cost more than the limit it is `checked` then, and waits for a budget approver.
        """
        given = body or Approval()
        return await view(await approvals.approve(kind, code, subject, given.content_hash, given.live_at))

    return approve


def _agreeing(kind: Kind) -> Handler:
    async def approve_budget(
        request: Request, code: str, body: BudgetApproval | None, subject: OperatorIdentity
    ) -> ConfigurationView:
        """Agree to the cost of what a checker has approved: a third person (`approval.same_approver`)."""
        content_hash = body.content_hash if body else None
        return await view(await approvals.approve_budget(kind, code, subject, content_hash))

    return approve_budget


def _rejecting(kind: Kind) -> Handler:
    async def reject(request: Request, code: str, body: Rejection, subject: OperatorIdentity) -> ConfigurationView:
        """Send what waits for a checker or a budget approver back to its maker."""
        return await view(await approvals.reject(kind, code, subject, body.reason))

    return reject


def _moving(kind: Kind, move: Move) -> Handler:
    async def change(request: Request, code: str, subject: OperatorIdentity) -> ConfigurationView:
        return await view(await move(kind, code, subject))

    return change


def checked_code(code: str) -> str:
    """Raises `BadInput` for what cannot be a code."""
    try:
        return msgspec.convert({"code": code}, _Named).code
    except msgspec.ValidationError as error:
        raise bad_input(error) from None


class _Named(msgspec.Struct):
    code: Code
