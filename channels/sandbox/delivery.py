"""The card core's voice: events are completed, signed and delivered to the platform as the real core would."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from channels.card_core import signature
from channels.card_core.sandbox_books import BookedLoan
from channels.card_core.wire_events import MOST_EVENTS
from channels.sandbox.customers import card_of
from domain.events.event import MONEY_IN, TAKES_BACK
from kit import clock, ids
from kit.errors import Unavailable

PARTNER = "card-core"
PATH = "/channels/v1/card-core/events"
NOTICES_PATH = "/channels/v1/card-core/loan-notices"
_MONEY = (*MONEY_IN, *TAKES_BACK)
Told = dict[str, Any]


@dataclass(frozen=True)
class PlatformAnswer:
    """What the platform said: its status and its body as it stands."""

    status: int
    body: Any


class Delivery:
    """Delivers under the core's key; `http` has the platform's base URL."""

    def __init__(self, http: httpx.AsyncClient, key: RSAPrivateKey) -> None:
        self._http, self._key = http, key

    async def deliver(self, events: Sequence[Told], times: int = 1) -> PlatformAnswer:
        """Deliver in batches of 5,000, each `times` times; answers are summed up, indexes count through `events`.

        The first batch that is not answered with 200 ends it, with that answer. Raises `Unavailable` when the
        platform cannot be reached.
        """
        total: Told = {"accepted": 0, "duplicates": 0, "suspended": [], "rejected": []}
        firsts = range(0, max(len(events), 1), MOST_EVENTS)
        for first in (first for first in firsts for _ in range(times)):
            answer = await self.send(msgspec.json.encode({"events": events[first : first + MOST_EVENTS]}))
            if answer.status != 200:
                return answer
            for name in ("accepted", "duplicates"):
                total[name] += answer.body[name]
            for name in ("suspended", "rejected"):
                total[name] += [one | {"index": one["index"] + first} for one in answer.body[name]]
        return PlatformAnswer(200, total)

    async def tell(self, loan: BookedLoan, times: int = 1) -> PlatformAnswer:
        """A notice of what `loan` is now, `times` times; the last answer. Raises `Unavailable`."""
        for _ in range(times):
            answer = await self.send(msgspec.json.encode({"notices": [notice_of(loan)]}), NOTICES_PATH)
        return answer

    async def send(self, body: bytes, path: str = PATH) -> PlatformAnswer:
        """One signed request. Raises `Unavailable`."""
        timestamp = str(int(clock.now().timestamp()))
        headers = signature.sign(self._key, PARTNER, timestamp, secrets.token_urlsafe(18), body)
        headers["Content-Type"] = "application/json"
        try:
            response = await self._http.post(path, content=body, headers=headers)
            return PlatformAnswer(response.status_code, msgspec.json.decode(response.content))
        except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError) as error:
            reason = f"The platform gave no usable answer ({type(error).__name__})"
            raise Unavailable("sandbox.platform_silent", reason) from None


def notice_of(loan: BookedLoan) -> Told:
    """What the core tells of a loan; the same state is the same notice."""
    return {
        "notice_id": f"{loan.request_no}-{loan.state}",
        "request_no": loan.request_no,
        "state": loan.state,
        "occurred_at": clock.now().astimezone(clock.SHANGHAI).isoformat(),
        "reason": loan.reason,
        "reductions": [{"coupon_no": no, "amount_fen": amount} for no, amount in loan.reduced_by().items()],
    }


def completed(told: Told) -> Told:
    """`told` with what a demo need not say; whatever it says stays, right or wrong."""
    event: Told = {
        "event_id": ids.request_no("T"),
        "type": "purchase",
        # Not cut to the second: that would put it before a claim made in the same one.
        "occurred_at": clock.now().astimezone(clock.SHANGHAI).isoformat(),
        "currency": "CNY",
    } | told
    customer_no = event.get("customer_no")
    if "card" not in event and event["type"] in _MONEY and isinstance(customer_no, str):
        event["card"] = card_of(customer_no)
    return event
