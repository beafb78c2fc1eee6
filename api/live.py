"""What changed, as it changes: server-sent events for browsers, polling for mini-programs."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sanic import Request

from api.routes import Subject, customer_routes, token_of
from domain import live
from kit.errors import Unauthenticated

HEARTBEAT_SECONDS = 10


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

    after: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None


@customer_routes.route("GET", "/changes", tag="live")
async def list_changes(request: Request, query: ChangesQuery, subject: Subject) -> Changes:
    """For clients that poll: what changed for this customer."""
    if query.after is None:
        return Changes([], str(await live.last_change(subject.customer_id)))
    found = await live.changes_after(subject.customer_id, query.after)
    items = [ChangeItem(str(change.number), change.kind, change.data) for change in found]
    return Changes(items, items[-1].id if items else str(query.after))


@customer_routes.route("GET", "/stream", tag="live", media_type="text/event-stream")
async def stream(request: Request, subject: Subject) -> None:
    """Server-sent events; `Last-Event-ID` resumes where a lost connection ended."""
    feed = request.app.ctx.feed
    resumed = request.headers.get("last-event-id", "")
    last = int(resumed) if resumed.isdigit() and len(resumed) < 19 else await live.last_change(subject.customer_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = await request.respond(content_type="text/event-stream", headers=headers)
    await response.send(f"retry: 2000\nid: {last}\n: connected\n\n")
    with feed.watch(subject.customer_id) as changed:
        while await _still_signed_in(request):
            for change in await live.changes_after(subject.customer_id, last):
                last = change.number
                data = msgspec.json.encode(change.data).decode()
                await response.send(f"id: {last}\nevent: {change.kind}\ndata: {data}\n\n")
            if not await changed.wait(HEARTBEAT_SECONDS):
                await response.send(": heartbeat\n\n")
    await response.eof()


async def _still_signed_in(request: Request) -> bool:
    try:
        await request.app.ctx.customer_tokens.verify(token_of(request))
    except Unauthenticated:
        return False
    return True
