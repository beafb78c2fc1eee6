"""Sends short messages through the gateway."""

import httpx
import msgspec

from channels.outbound import answered, ask

REFUSALS = frozenset({"sms.phone", "sms.conflict"})
_PARTNER = "sms"


class MessageAsked(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /messages`; the same `dedupe_key` is the same message."""

    phone: str
    text: str
    dedupe_key: str


class MessageAnswer(msgspec.Struct):
    """The gateway has taken the message."""

    message_id: str


class SmsClient:
    """`domain.ports.Sms` over HTTP; `http` has the gateway's base URL."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def send(self, phone: str, text: str, dedupe_key: str) -> str:
        """The gateway's number; at least once to the gateway, once to the phone. Raises `Refused`, `NoAnswer`."""
        body = msgspec.json.encode(MessageAsked(phone, text, dedupe_key))
        headers = {"Content-Type": "application/json"}
        response = await ask(self._http, _PARTNER, "POST", "/messages", content=body, headers=headers)
        return answered(_PARTNER, response, MessageAnswer, REFUSALS).message_id
