"""What changed, as it changes: server-sent events for browsers, polling for mini-programs."""

import secrets
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from api.routes import Subject, customer_routes, token_of
from domain import live
from kit.errors import Unauthenticated
from kit.feed import Watcher

HEARTBEAT_SECONDS = 10
_HEARTBEAT = "event: heartbeat\ndata: {}\n\n"
"""An event, not a comment: a page has to notice that a connection has gone dead without an end."""
RETRY_MS = (1_000, 4_000)
"""After how long a page comes back: when a process dies, its pages must not all arrive in one moment."""
_HIGHEST = 2**63 - 1


class ChangeItem(msgspec.Struct):
    """One change; `data` names the task, claim, coupon or level."""

    id: str
    event: str
    data: dict[str, Any]


class Changes(msgspec.Struct):
    """Changes since `after`, oldest first; ask again after `last`."""

    items: list[ChangeItem]
    last: str


class ChangesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`after`: the `last` of the previous answer; without it the answer only tells the present `last`."""

    after: Annotated[int, Meta(ge=0, le=_HIGHEST)] | None = None


class StreamQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`after`: as `Last-Event-ID`, for a page that opens the stream anew by itself; the header wins."""

    after: Annotated[int, Meta(ge=0, le=_HIGHEST)] | None = None


@customer_routes.route("GET", "/changes", tag="live")
async def list_changes(request: Request, query: ChangesQuery, subject: Subject) -> Changes:
    """For clients that poll: what changed for this customer."""
    if query.after is None:
        return Changes([], str(await live.last_change(subject.customer_id)))
    found = await live.changes_after(subject.customer_id, query.after)
    items = [ChangeItem(str(change.number), change.kind, change.data) for change in found]
    return Changes(items, items[-1].id if items else str(query.after))


@customer_routes.route("GET", "/stream", tag="live", media_type="text/event-stream")
async def stream(request: Request, query: StreamQuery, subject: Subject) -> None:
    """Server-sent events; `Last-Event-ID` resumes where a lost connection ended."""
    seen = _number(request.headers.get("last-event-id", ""))
    seen = query.after if seen is None else seen
    last = await live.last_change(subject.customer_id)
    # A number we have not reached yet is of a database that was restored since: go on from where we are.
    last = last if seen is None else min(seen, last)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = await request.respond(content_type="text/event-stream", headers=headers)
    low, high = RETRY_MS
    await response.send(f"retry: {low + secrets.randbelow(high - low)}\nid: {last}\n{_HEARTBEAT}")
    with request.app.ctx.feed.watch(subject.customer_id) as changed:
        await _tell(request, response, subject.customer_id, last, changed)
    await response.eof()


async def _tell(request: Request, response: HTTPResponse, customer_id: int, last: int, changed: Watcher) -> None:
    """Until the session is over. Whoever watches before looking misses no hint in between."""
    while await _still_signed_in(request):
        while found := await live.changes_after(customer_id, last):
            for change in found:
                last = change.number
                data = msgspec.json.encode(change.data).decode()
                await response.send(f"id: {last}\nevent: {change.kind}\ndata: {data}\n\n")
        if not await changed.wait(HEARTBEAT_SECONDS):
            await response.send(_HEARTBEAT)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def _still_signed_in(request: Request) -> bool:
    try:
        await request.app.ctx.customer_tokens.verify(token_of(request))
    except Unauthenticated:
        return False
    return True
