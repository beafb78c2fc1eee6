"""The customers' side: everybody wants a coupon, and asks again with the same key until there is an answer."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.faults.delivery import PATIENCE_S
from tests.faults.house import House

REFUSALS = ("coupon.out_of_stock", "coupon.daily_cap", "coupon.personal_cap")
_LOST = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


@dataclass
class Wish:
    """A customer wants a coupon of a template; what the house has said about it."""

    customer_id: int
    template: str
    key: str
    coupon_ids: set[int] = field(default_factory=set)
    made: int = 0
    refusals: set[str] = field(default_factory=set)

    @property
    def answered(self) -> bool:
        return bool(self.coupon_ids or self.refusals)


@dataclass
class Tally:
    """What claimants met with."""

    answers: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    server_errors: int = 0
    slowest_s: float = 0.0


class Claimants:
    """Grant wishes over HTTP, as often as it takes. `wrong` collects what should never happen."""

    def __init__(self, house: House, tokens: dict[int, str], chance: Random) -> None:
        self._house, self._tokens, self._chance = house, tokens, chance
        self._idle: dict[str, list[_Line]] = {url: [] for url in house.urls}
        self.tally = Tally()
        self.wrong: list[str] = []

    async def deliver(self, wishes: list[Wish]) -> None:
        """One after the other, each until it has an answer."""
        for wish in wishes:
            await self._claim(wish)

    async def _claim(self, wish: Wish) -> None:
        while True:
            had_one, began = bool(wish.coupon_ids), time.monotonic()
            answer = await self._post(wish, self._chance.choice(self._house.urls))
            self.tally.slowest_s = max(self.tally.slowest_s, time.monotonic() - began)
            if answer is not None and answer[0] in (200, 201, 409):
                return self._note(wish, had_one, *answer)
            if answer is not None:
                self._note_error(began, *answer)
            await asyncio.sleep(self._chance.uniform(0.02, 0.2))

    async def _post(self, wish: Wish, url: str) -> tuple[int, bytes] | None:
        """Status and body; None when the outcome is unknown."""
        idle = self._idle[url]
        line = idle.pop() if idle else _Line(int(url.rsplit(":", 1)[1]))
        try:
            async with asyncio.timeout(PATIENCE_S):
                path = f"/api/v1/coupon-offers/{wish.template}/claims"
                answer = await line.post(path, self._tokens[wish.customer_id], wish.key)
        except TimeoutError:
            self.wrong.append(f"no answer within {PATIENCE_S:.0f} s")
        except _LOST:
            self.tally.unanswered += 1
        else:
            idle.append(line)
            return answer
        line.close()
        return None

    def _note(self, wish: Wish, had_one: bool, status: int, body: bytes) -> None:
        told = json.loads(body)
        self.tally.answers[told["code"] if status == 409 else str(status)] += 1
        if status == 409:
            wish.refusals.add(told["code"])
            if had_one or told["code"] not in REFUSALS:
                self.wrong.append(f"{wish} was refused: {body.decode()}")
        else:
            wish.coupon_ids.add(int(told["coupon_id"]))
            wish.made += status == 201

    def _note_error(self, began: float, status: int, body: bytes) -> None:
        self.tally.server_errors += 1
        if status < 500 or self._house.was_whole_since(began):
            self.wrong.append(f"answered {status} though nothing was broken: {body.decode()[:500]}")


class _Line:
    """A connection to a web process, kept alive as gateways do."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, token: str, key: str) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: fault\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
            "Content-Length: 0\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        [length] = [line.split(b":")[1] for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
        return int(head[9:12]), await reader.readexactly(int(length))

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
