"""The app's notification service tells us what became of notifications, signed."""

from sanic import Request

from channels.card_core import signature
from channels.sms.inbound import take_receipts
from channels.sms.wire import ReceiptBatch, TakenAnswer
from kit.http import Routes

PARTNER = "push"
routes = Routes("push", "/channels/v1")


@routes.route(
    "POST",
    "/push/receipts",
    tag="push",
    public=True,
    errors=(400, 401, 503),
    headers=signature.HEADERS,
    raw_body=ReceiptBatch,
)
async def receive_push_receipts(request: Request) -> TakenAnswer:
    """Take up to 1,000 signed receipts; `X-Partner` is `push`. Twice, late and out of order are harmless."""
    return await take_receipts(request, PARTNER)
