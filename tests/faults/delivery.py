"""The card core's side: batches are signed and sent, and sent again until somebody says they are durable."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from channels.card_core.signature import sign
from channels.sandbox import ensure_keys
from tests.faults.house import House
from tests.faults.model import Event

PATIENCE_S = 20.0
"""How long a sender waits for an answer. Nothing in the house may make it wait that long."""


@dataclass
class Tally:
    """What senders met with."""

    batches: int = 0
    unanswered: int = 0
    server_errors: int = 0
    accepted: int = 0
    duplicates: int = 0
    slowest_s: float = 0.0


class Sender:
    """Delivers batches over HTTP, as often as it takes. `wrong` collects what should never happen."""

    def __init__(self, house: House, chance: Random) -> None:
        self._house, self._chance = house, chance
        self._key: RSAPrivateKey = ensure_keys(house.folder / "keys").card_core
        self._http = httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False)  # keeps connections alive, as gateways do
        self.tally = Tally()
        self.wrong: list[str] = []

    async def deliver(self, batch: list[Event], url: str | None = None) -> None:
        """Until answered 200, each time by a random web process unless told by which."""
        body = json.dumps({"events": batch}).encode()
        while True:
            began = time.monotonic()
            answer = await self._post(url or self._chance.choice(self._house.urls), body)
            self.tally.slowest_s = max(self.tally.slowest_s, time.monotonic() - began)
            if answer is not None and answer.status_code == 200:
                return self._note(answer, len(batch))
            if answer is not None:
                self._note_error(answer, began)
            await asyncio.sleep(self._chance.uniform(0.02, 0.2))

    async def _post(self, url: str, body: bytes) -> httpx.Response | None:
        stamp = str(int(self._house.now()))
        headers = sign(self._key, "card-core", stamp, secrets.token_hex(8), body)
        try:
            return await self._http.post(f"{url}/channels/v1/card-core/events", content=body, headers=headers)
        except httpx.TimeoutException as error:
            self.wrong.append(f"no answer within {PATIENCE_S:.0f} s: {error!r}")
        except httpx.TransportError:
            self.tally.unanswered += 1
        return None

    def _note(self, answer: httpx.Response, size: int) -> None:
        told = answer.json()
        self.tally.batches += 1
        self.tally.accepted += told["accepted"]
        self.tally.duplicates += told["duplicates"]
        if told["rejected"] or told["suspended"] or told["accepted"] + told["duplicates"] != size:
            self.wrong.append(f"a batch of {size} was answered {answer.text[:500]}")

    def _note_error(self, answer: httpx.Response, began: float) -> None:
        self.tally.server_errors += 1
        if answer.status_code < 500 or self._house.was_whole_since(began):
            self.wrong.append(f"answered {answer.status_code} though nothing was broken: {answer.text[:500]}")


class Pace:
    """Keeps deliveries and disasters abreast, so that these are spread over all of those on any machine."""

    def __init__(self, batches: int, disasters: int) -> None:
        self._batches, self._disasters = batches, disasters
        self._delivered = self._befallen = 0
        self._moved = asyncio.Condition()

    async def may_deliver(self, number: int) -> None:
        """Waits until batch `number` is not too early."""
        async with self._moved:
            await self._moved.wait_for(lambda: number * self._disasters <= (self._befallen + 2) * self._batches)

    async def may_befall(self) -> None:
        """Waits until enough was delivered for the next disaster."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._befallen * self._batches <= self._delivered * self._disasters)

    async def has_delivered(self, number: int) -> None:
        """Waits until so many batches are."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._delivered >= number)

    async def delivered(self) -> None:
        """One more batch."""
        async with self._moved:
            self._delivered += 1
            self._moved.notify_all()

    async def befallen(self) -> None:
        """One more disaster."""
        async with self._moved:
            self._befallen += 1
            self._moved.notify_all()


async def in_turns(
    deliver: Callable[[list[Any]], Awaitable[None]], batches: Sequence[list[Any]], senders: int, pace: Pace
) -> None:
    """Deliver all batches, so many at a time."""
    waiting = iter(enumerate(batches))

    async def one_after_the_other() -> None:
        for number, batch in waiting:
            await pace.may_deliver(number)
            await deliver(batch)
            await pace.delivered()

    async with asyncio.TaskGroup() as group:
        for _ in range(senders):
            group.create_task(one_after_the_other())
