"""The card core tells us what happened: signed batches of events. `app.ctx.partner_keys` holds the partners' keys."""

from sanic import Request

from channels.card_core import signature
from channels.card_core.translate import read_batch
from channels.card_core.wire_events import BatchAnswer, EventBatch, RejectedAnswer, SuspendedAnswer
from domain import events
from kit.http import Routes

routes = Routes("card_core", "/channels/v1")


@routes.route(
    "POST",
    "/card-core/events",
    tag="card core",
    public=True,
    errors=(400, 401, 503),
    headers=signature.HEADERS,
    raw_body=EventBatch,
)
async def receive_events(request: Request) -> BatchAnswer:
    """Take a signed batch of up to 5,000 events.

    Answered only after the good events are durable; a bad one is listed and refuses no other. Sending a batch
    again is harmless: known events are counted as duplicates.
    """
    partner = await signature.admit(request.headers, request.body, request.app.ctx.partner_keys)
    read = read_batch(request.body, partner)
    taken = await events.ingest(read.events)
    rejected = [RejectedAnswer(i, f.path, f.code, f.detail) for i, f in read.faults]
    rejected += [RejectedAnswer(read.places[r.index], r.path, r.code, r.detail) for r in taken.rejected]
    return BatchAnswer(
        accepted=taken.accepted,
        duplicates=taken.duplicates,
        suspended=[SuspendedAnswer(read.places[s.index], s.event_id, s.code) for s in taken.suspended],
        rejected=sorted(rejected, key=lambda one: one.index),
    )
