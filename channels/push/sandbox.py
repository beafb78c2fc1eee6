"""The twin of the app's notifications: it keeps what it was given, once per dedupe key."""

from collections import OrderedDict

import msgspec
from sanic import Request

from channels.push.client import NotificationAnswer, NotificationAsked
from kit import clock, ids
from kit.errors import Conflict, NotFound, RuleViolated
from kit.http import Answer, Routes

_KEPT = 10_000
routes = Routes("push_twin", "/push")


class SentNotification(msgspec.Struct, frozen=True):
    """A notification that was shown."""

    message_id: str
    at: str
    customer_no: str
    title: str
    body: str
    link: str | None


class PushTwin:
    """The last ten thousand notifications by dedupe key, and what customers did with the app."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, SentNotification] = OrderedDict()
        self.without_device: set[str] = set()
        self.disabled: set[str] = set()

    def send(self, asked: NotificationAsked) -> tuple[SentNotification, bool]:
        """The notification, and whether it is new. Raises `NotFound` (no device), `RuleViolated` (switched off),
        `Conflict` (the key was used for another one).
        """
        known = self._sent.get(asked.dedupe_key)
        if known is not None:
            if (known.customer_no, known.title, known.body) != (asked.customer_no, asked.title, asked.body):
                raise Conflict("push.conflict", "This dedupe key belongs to another notification")
            return known, False
        if asked.customer_no in self.without_device:
            raise NotFound("push.no_device", "This customer does not use the app")
        if asked.customer_no in self.disabled:
            raise RuleViolated("push.disabled", "This customer has switched notifications off")
        now = clock.local_text(clock.now())
        sent = SentNotification(ids.request_no("P"), now, asked.customer_no, asked.title, asked.body, asked.link)
        self._sent[asked.dedupe_key] = sent
        if len(self._sent) > _KEPT:
            self._sent.popitem(last=False)
        return sent, True

    def shown(self, customer_no: str | None) -> list[SentNotification]:
        """What was shown to a customer (None: to any), the newest first."""
        return [one for one in reversed(self._sent.values()) if customer_no in (None, one.customer_no)]


@routes.route("POST", "/notifications", tag="push", status=202, also=(200,), public=True, errors=(404, 409, 422))
async def send_notification(request: Request, body: NotificationAsked) -> Answer[NotificationAnswer]:
    """Show a notification; the same dedupe key is shown once."""
    twin: PushTwin = request.app.ctx.push
    sent, new = twin.send(body)
    return Answer(NotificationAnswer(sent.message_id), status=202 if new else 200)
