"""The SMS gateway's twin: it keeps what it was given, once per dedupe key, for a demo or a test to read."""

import re
from collections import OrderedDict
from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from channels.sms.client import MessageAnswer, MessageAsked
from kit import clock, ids
from kit.errors import Conflict, RuleViolated
from kit.http import Answer, Routes

_PHONE = re.compile(r"1[3-9][0-9]{9}")
_KEPT = 10_000
routes = Routes("sms_twin", "/sms")


class SentMessage(msgspec.Struct, frozen=True):
    """A message that reached a phone."""

    message_id: str
    at: str
    phone: str
    text: str


class Inbox(msgspec.Struct):
    """Messages that reached phones, the newest first."""

    items: list[SentMessage]


class ReadInbox(msgspec.Struct, forbid_unknown_fields=True):
    """Whose messages."""

    phone: Annotated[str, Meta(max_length=20)] | None = None


class SmsTwin:
    """The last ten thousand messages by dedupe key."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, SentMessage] = OrderedDict()

    def send(self, asked: MessageAsked) -> tuple[SentMessage, bool]:
        """The message, and whether it is new. Raises `Conflict` when the key was used for another message."""
        known = self._sent.get(asked.dedupe_key)
        if known is not None:
            if (known.phone, known.text) != (asked.phone, asked.text):
                raise Conflict("sms.conflict", "This dedupe key belongs to another message")
            return known, False
        sent = SentMessage(ids.request_no("S"), clock.local_text(clock.now()), asked.phone, asked.text)
        self._sent[asked.dedupe_key] = sent
        if len(self._sent) > _KEPT:
            self._sent.popitem(last=False)
        return sent, True

    def inbox(self, phone: str | None) -> list[SentMessage]:
        """What reached `phone` (None: any), the newest first."""
        return [one for one in reversed(self._sent.values()) if phone in (None, one.phone)]


@routes.route("POST", "/messages", tag="sms", status=202, also=(200,), public=True, errors=(409, 422))
async def send_message(request: Request, body: MessageAsked) -> Answer[MessageAnswer]:
    """Send a short message; the same dedupe key is sent once."""
    if not _PHONE.fullmatch(body.phone):
        raise RuleViolated("sms.phone", "This is not a mobile number")
    sent, new = request.app.ctx.sms.send(body)
    return Answer(MessageAnswer(sent.message_id), status=202 if new else 200)
