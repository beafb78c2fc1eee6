"""What demos and tests tell the twins of the SMS gateway and of the app's notifications, and what reached people."""

import secrets
from typing import Annotated, Any, Literal

import httpx
import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from channels.card_core import signature
from channels.push.sandbox import PushTwin, SentNotification
from channels.sms.sandbox import Inbox, ReadInbox, SmsTwin
from kit import clock, ids
from kit.errors import NotFound, Unavailable
from kit.http import Routes

routes = Routes("gateways_control", "/control")
Short = Annotated[str, Meta(min_length=1, max_length=64)]
Times = Annotated[int, Meta(ge=1, le=10)]


class ReceiptsWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Receipts for these messages, without `message_ids` for all that were sent; `shuffled` puts them in any order."""

    message_ids: Annotated[list[Short], Meta(max_length=1_000)] | None = None
    status: Literal["delivered", "failed"] = "delivered"
    reason: Short | None = None
    times: Times = 1
    shuffled: bool = False


class ReplyWanted(msgspec.Struct, forbid_unknown_fields=True):
    """A phone writes back; the reply is told `times` times."""

    phone: Annotated[str, Meta(min_length=1, max_length=20)]
    text: Annotated[str, Meta(max_length=1_000)]
    times: Times = 1


class Device(msgspec.Struct, forbid_unknown_fields=True):
    """Whether a customer uses the app (`none`: not at all), and takes notifications."""

    customer_no: Short
    state: Literal["on", "off", "none"]


class Shown(msgspec.Struct):
    """Notifications that were shown, the newest first."""

    items: list[SentNotification]


class ReadShown(msgspec.Struct, forbid_unknown_fields=True):
    """Whose notifications."""

    customer_no: Short | None = None


@routes.route("GET", "/sms/messages", tag="sms", public=True)
async def read_messages(request: Request, query: ReadInbox) -> Inbox:
    """What reached a phone."""
    return Inbox(_sms(request).inbox(query.phone))


@routes.route("POST", "/sms/receipts", tag="sms", public=True, errors=(404, 503))
async def report_messages(request: Request, body: ReceiptsWanted) -> HTTPResponse:
    """Tell the platform what became of messages, signed; answers with the platform's last answer."""
    return await _report(request, "sms", [one.message_id for one in _sms(request).inbox(None)], body)


@routes.route("POST", "/sms/replies", tag="sms", public=True, errors=(503,))
async def reply(request: Request, body: ReplyWanted) -> HTTPResponse:
    """A phone writes back; answers with the platform's own answer."""
    one = {"reply_id": ids.request_no("R"), "phone": body.phone, "text": body.text, "at": _now()}
    return await _tell(request, "sms", "replies", [one], body.times)


@routes.route("GET", "/push/notifications", tag="push", public=True)
async def read_notifications(request: Request, query: ReadShown) -> Shown:
    """What was shown on phones."""
    return Shown(_push(request).shown(query.customer_no))


@routes.route("POST", "/push/receipts", tag="push", public=True, errors=(404, 503))
async def report_notifications(request: Request, body: ReceiptsWanted) -> HTTPResponse:
    """Tell the platform what became of notifications, signed; answers with the platform's last answer."""
    return await _report(request, "push", [one.message_id for one in _push(request).shown(None)], body)


@routes.route("POST", "/push/devices", tag="push", public=True)
async def choose_device(request: Request, body: Device) -> Device:
    """Say whether a customer uses the app and takes notifications."""
    twin = _push(request)
    for state, people in (("off", twin.disabled), ("none", twin.without_device)):
        (people.add if body.state == state else people.discard)(body.customer_no)
    return body


async def _report(request: Request, partner: str, sent: list[str], wanted: ReceiptsWanted) -> HTTPResponse:
    message_ids = sent[:1_000] if wanted.message_ids is None else wanted.message_ids
    if not message_ids:
        raise NotFound("sandbox.nothing_sent", "Nothing was sent yet")
    told = [{"message_id": one, "status": wanted.status, "reason": wanted.reason, "at": _now()} for one in message_ids]
    if wanted.shuffled:
        secrets.SystemRandom().shuffle(told)
    return await _tell(request, partner, "receipts", told, wanted.times)


async def _tell(request: Request, partner: str, what: str, told: list[dict[str, Any]], times: int) -> HTTPResponse:
    """Signed, each time with a nonce of its own. Raises `Unavailable`."""
    body = msgspec.json.encode({what: told})
    platform: httpx.AsyncClient = request.app.ctx.platform
    status, answer = 200, None
    for _ in range(times):
        timestamp = str(int(clock.now().timestamp()))
        key = request.app.ctx.gateway_keys[partner]
        headers = signature.sign(key, partner, timestamp, secrets.token_urlsafe(18), body)
        headers["Content-Type"] = "application/json"
        try:
            response = await platform.post(f"/channels/v1/{partner}/{what}", content=body, headers=headers)
            status, answer = response.status_code, msgspec.json.decode(response.content)
        except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError) as error:
            reason = f"The platform gave no usable answer ({type(error).__name__})"
            raise Unavailable("sandbox.platform_silent", reason) from None
    return HTTPResponse(msgspec.json.encode(answer), status, content_type="application/json")


def _now() -> str:
    return clock.now().astimezone(clock.SHANGHAI).isoformat()


def _sms(request: Request) -> SmsTwin:
    twin: SmsTwin = request.app.ctx.sms
    return twin


def _push(request: Request) -> PushTwin:
    twin: PushTwin = request.app.ctx.push
    return twin
