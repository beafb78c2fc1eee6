"""Real workers are killed while they send, providers lose answers and are down for an hour: everybody gets everything once."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from domain import customers
from domain.messages import Notice, prepare
from domain.reconciliation.message_invariants import MESSAGES
from kit import clock, redis
from kit import database as db
from server import local
from server.embedded import start_postgres
from server.local import Place
from server.migration import migrate
from tests.catalogues import forget_live_set
from tests.conftest import Servers
from tests.domain.messages import stage
from tests.platform import Platform, free_port

EACH = 10
NUMBERS = [f"C{number:010d}" for number in range(1, 21)]
KILLS = 3


@pytest.fixture
async def house(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Platform]:
    """A database of their own and the twins; this test looks into both, by the same clock."""
    url = start_postgres(servers.folder, durable=False, database="sending").url
    await migrate(url)
    place = Place(servers.folder / "sending", free_port(), free_port())
    place.data_dir.mkdir(parents=True, exist_ok=True)
    redis_url = f"{servers.redis_url.split('?')[0]}?db=3"
    platform = Platform(place, {**local.fill_in(place), "DATABASE_URL": url, "REDIS_URL": redis_url})
    # What this process remembers is of the other tests' database.
    forget_live_set(monkeypatch)
    monkeypatch.setattr(clock, "_offset", None)
    clock.attach(place.data_dir / "clock")
    await db.connect(url, pool=4)
    redis.connect(redis_url)
    platform.start("sandbox", "sandbox")
    platform.start("web", "serve")
    await asyncio.to_thread(platform.wait_ready)
    yield platform
    platform.stop()
    await redis.close()
    await db.close()


async def until(what: Callable[[], Awaitable[bool]], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not await what():
        assert time.monotonic() < end, Counter(one[:2] for one in await stage.states())
        await asyncio.sleep(0.05)


async def count(state: str) -> int:
    return int(await db.fetchval("SELECT count(*) FROM delivery WHERE state = $1", state))


async def told(house: Platform, path: str, **body: Any) -> Any:
    return await asyncio.to_thread(house.control, path, body)


async def reached(house: Platform, what: str) -> list[str]:
    """Whom and what, as the twin has kept it."""
    async with httpx.AsyncClient(base_url=house.sandbox_url, trust_env=False, timeout=30) as http:
        items = (await http.get(f"/control/{what}")).json()["items"]
    return [f"{one.get('phone') or one.get('customer_no')} {one.get('text') or one.get('body')}" for one in items]


async def test_every_message_arrives_once_whoever_dies(house: Platform) -> None:
    chance = random.Random(20261126)
    limits = {"per_second": 60, "failures_to_open": 5, "open_seconds": 20}
    never = {"begin": "00:00", "until": "00:00"}
    await stage.policy(limits={"sms": limits, "push": limits}, quiet_hours=never)
    await stage.by(stage.SMS, code="text")
    await stage.by(stage.PUSH, code="pushed")
    rows = await db.fetch(
        """INSERT INTO customer (customer_no, name, stage, created_at)
           SELECT number, '', 'payer', now() FROM unnest($1::text[]) AS number RETURNING id""",
        NUMBERS,
    )
    ids = [row[0] for row in rows]
    for fault in ("connection_reset_after_work", "http_500_after_work", "connection_reset"):
        for service in ("sms", "push"):
            await told(house, "faults", service=service, fault=fault, times=2)
    async with db.transaction() as connection:
        await customers.lock(connection, ids)
        said = {"task": "加油", "reward": "券"}
        notices = [
            Notice(one, code, f"{code} {number}", {**said, "task": f"第{number}次"})
            for one in ids
            for code in ("text", "pushed")
            for number in range(EACH)
        ]
        await prepare(connection, notices)

    for number in range(2):
        house.start(f"worker-{number}", "work")
    for number in range(2, 2 + KILLS):
        before = await count("sent")

        async def moved(before: int = before) -> bool:
            return await count("sent") > before

        await until(moved)
        await asyncio.sleep(chance.uniform(0, 0.3))
        house.kill(f"worker-{number - 2}")
        house.start(f"worker-{number}", "work")

    # One provider is down for an hour; what the dead left behind is taken up meanwhile.
    await told(house, "faults", service="sms", fault="connection_reset", times=10_000)
    for _ in range(6):
        await told(house, "clock", advance_seconds=600)
        await asyncio.sleep(0.2)
    async with httpx.AsyncClient(base_url=house.sandbox_url, trust_env=False) as http:
        await http.delete("/control/faults")

    async def all_sent() -> bool:
        open_ones = await count("waiting") + await count("sending")
        if open_ones:
            await told(house, "clock", advance_seconds=30)
        return open_ones == 0

    await until(all_sent)
    for gateway in ("sms", "push"):
        await told(house, f"{gateway}/receipts", times=2, shuffled=True)

    async def all_delivered() -> bool:
        return await count("delivered") == len(notices)

    await until(all_delivered)
    for what in ("sms/messages", "push/notifications"):
        found = Counter(await reached(house, what))
        assert (len(found), set(found.values())) == (len(NUMBERS) * EACH, {1})
    assert {one.name: await db.fetch(one.sql) for one in MESSAGES} == {one.name: [] for one in MESSAGES}
