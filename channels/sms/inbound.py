"""The SMS gateway tells us: signed receipts, and what people wrote back. `app.ctx.gateway_keys` has its key."""

from typing import Any, TypeVar

import msgspec
from sanic import Request

from channels.card_core import signature
from channels.sms.wire import ReceiptBatch, ReplyBatch, TakenAnswer
from domain import messages
from domain.messages import Receipt, Reply
from kit import database
from kit.http import Routes
from kit.http.problems import bad_input

PARTNER = "sms"
routes = Routes("sms", "/channels/v1")
Batch = TypeVar("Batch")


@routes.route(
    "POST",
    "/sms/receipts",
    tag="sms",
    public=True,
    errors=(400, 401, 503),
    headers=signature.HEADERS,
    raw_body=ReceiptBatch,
)
async def receive_sms_receipts(request: Request) -> TakenAnswer:
    """Take up to 1,000 signed receipts; `X-Partner` is `sms`. Twice, late and out of order are harmless."""
    return await take_receipts(request, PARTNER)


@routes.route(
    "POST",
    "/sms/replies",
    tag="sms",
    public=True,
    errors=(400, 401, 503),
    headers=signature.HEADERS,
    raw_body=ReplyBatch,
)
async def receive_replies(request: Request) -> TakenAnswer:
    """Take up to 1,000 signed replies; `X-Partner` is `sms`. Who writes `TD`, `退订` or the like gets no marketing
    by SMS any more.
    """
    told = (await admitted(request, PARTNER, ReplyBatch)).replies
    replies = [Reply(one.reply_id, one.phone, one.text, one.at) for one in told]

    async def take() -> int:
        async with database.transaction() as connection:
            return await messages.hear_replies(connection, replies)

    new = await database.retried(take)
    return TakenAnswer(new, len(replies) - new)


async def take_receipts(request: Request, partner: str) -> TakenAnswer:
    """The receipts of a gateway whose name is that of the channel."""
    told = (await admitted(request, partner, ReceiptBatch)).receipts
    receipts = [Receipt(partner, one.message_id, one.status == "delivered", one.reason, one.at) for one in told]

    async def take() -> int:
        async with database.transaction() as connection:
            return await messages.hear_receipts(connection, receipts)

    new = await database.retried(take)
    return TakenAnswer(new, len(receipts) - new)


async def admitted(request: Request, partner: str, kind: type[Batch]) -> Batch:
    """The body, if `partner` signed it. Raises `Unauthenticated`, `BadInput`."""
    keys: dict[str, Any] = request.app.ctx.gateway_keys
    await signature.admit(request.headers, request.body, {partner: keys[partner]})
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_input(error) from None
