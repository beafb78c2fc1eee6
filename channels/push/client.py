"""Sends notifications to the phones a customer uses the bank's app on."""

import httpx
import msgspec

from channels.outbound import answered, ask

REFUSALS = frozenset({"push.no_device", "push.disabled", "push.conflict"})
_PARTNER = "push"


class NotificationAsked(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /notifications`; the same `dedupe_key` is the same notification. `link` is a page of ours."""

    customer_no: str
    title: str
    body: str
    link: str | None
    dedupe_key: str


class NotificationAnswer(msgspec.Struct):
    """The service has taken the notification."""

    message_id: str


class PushClient:
    """`domain.ports.Push` over HTTP; `http` has the service's base URL."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def send(self, customer_no: str, title: str, body: str, link: str | None, dedupe_key: str) -> str:
        """The service's number; at least once to the service, once to the phones. Raises `Refused`, `NoAnswer`."""
        content = msgspec.json.encode(NotificationAsked(customer_no, title, body, link, dedupe_key))
        headers = {"Content-Type": "application/json"}
        response = await ask(self._http, _PARTNER, "POST", "/notifications", content=content, headers=headers)
        return answered(_PARTNER, response, NotificationAnswer, REFUSALS).message_id
