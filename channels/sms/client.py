"""Sends short messages through the gateway."""

import httpx
import msgspec

from channels.outbound import ask, no_answer
from domain.ports import Refused

_PARTNER = "sms"


class MessageAsked(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /messages`; the same `dedupe_key` is the same message."""

    phone: str
    text: str
    dedupe_key: str


class MessageAnswer(msgspec.Struct):
    """The gateway has taken the message."""

    message_id: str


class _Refusal(msgspec.Struct):
    code: str
    detail: str


class SmsClient:
    """`domain.ports.Sms` over HTTP; `http` has the gateway's base URL."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def send(self, phone: str, text: str, dedupe_key: str) -> None:
        """At least once to the gateway, once to the phone. Raises `Refused` (`sms.phone`), `NoAnswer`."""
        body = msgspec.json.encode(MessageAsked(phone, text, dedupe_key))
        headers = {"Content-Type": "application/json"}
        response = await ask(self._http, _PARTNER, "POST", "/messages", content=body, headers=headers)
        try:
            if response.is_success:
                msgspec.json.decode(response.content, type=MessageAnswer)
                return
            refusal = msgspec.json.decode(response.content, type=_Refusal)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise no_answer(_PARTNER, f"undecodable, HTTP {response.status_code}") from None
        if not refusal.code.startswith("sms."):
            raise no_answer(_PARTNER, f"undocumented, HTTP {response.status_code}")
        raise Refused(refusal.code, refusal.detail)
