"""A worker is killed again and again while it leads 8,000 customers through a journey; everybody has everything once."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from domain import approvals, customers, journeys
from domain.customers.profile import forget_remembered
from domain.journeys.enter import enter
from domain.reconciliation import reconcile
from kit import database as db
from kit.database import Connection
from server import local
from server.embedded import start_postgres
from server.local import Place
from server.migration import migrate
from tests.catalogues import forget_live_set
from tests.conftest import Servers
from tests.domain.journeys.stage import COUPON, END, TELL, journey, things
from tests.platform import Platform, free_port

CUSTOMERS, FEW = 8_000, 5_000
KILLS = 3
STEPS = {
    "gift": {**COUPON, "otherwise": "sorry"},
    "tell": {**TELL, "next": "wait"},
    "sorry": {**TELL, "next": "wait"},
    "wait": {"type": "wait_for", "event": "app_login", "timeout": {"days": 3}, "next": "end", "timed_out": "end"},
    "end": END,
}


@pytest.fixture
async def workers(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Platform]:
    """A database of their own, which this test looks into as well; no process of the program runs yet."""
    url = start_postgres(servers.folder, durable=False, database="journeys").url
    await migrate(url)
    place = Place(servers.folder / "journeys", free_port(), free_port())
    place.data_dir.mkdir(parents=True, exist_ok=True)
    redis_url = f"{servers.redis_url.split('?')[0]}?db=3"
    platform = Platform(place, {**local.fill_in(place), "DATABASE_URL": url, "REDIS_URL": redis_url})
    # What this process remembers is of the other tests' database.
    forget_live_set(monkeypatch)
    await db.connect(url, pool=4)
    forget_remembered()
    yield platform
    platform.stop()
    await db.close()


async def let_everybody_in() -> None:
    await db.execute(
        """INSERT INTO customer (customer_no, name, stage, created_at)
           SELECT 'K' || n, '', 'payer', now() FROM generate_series(1, $1::int) AS n""",
        CUSTOMERS,
    )
    ids = [row[0] for row in await db.fetch("SELECT id FROM customer ORDER BY id")]
    async with db.transaction() as connection:
        await customers.lock(connection, ids)
        await journeys.catalogue.follow(await approvals.share_live_set(connection))
        await entered(connection, ids)


async def entered(connection: Connection, ids: list[int]) -> None:
    assert await enter(connection, journeys.catalogue.live["care"], ids, "event:purchase") == CUSTOMERS


async def waiting() -> int:
    return int(await db.fetchval("SELECT count(*) FROM journey_run WHERE step = 'wait'"))


async def test_everybody_has_everything_once_however_often_the_worker_is_killed(workers: Platform) -> None:
    chance = random.Random(20261126)
    await things(stock=FEW)
    await journey(STEPS)
    await let_everybody_in()
    reached = 0
    for number in range(KILLS):
        workers.start(f"worker-{number}", "work")
        until = time.monotonic() + 60
        while await waiting() == reached:
            assert time.monotonic() < until, "the worker does nothing"
        await asyncio.sleep(chance.uniform(0, 0.1))
        workers.kill(f"worker-{number}")
        now = await waiting()
        assert reached < now
        reached = now
        assert await reconcile() == []
    assert reached < CUSTOMERS, "it was never killed in the middle"
    workers.start("worker-last", "work")
    until = time.monotonic() + 120
    while await waiting() < CUSTOMERS:
        assert time.monotonic() < until, "the worker does nothing"
        await asyncio.sleep(0.05)
    assert await reconcile() == []
    exits = await db.fetch("SELECT step, exit, count(*) FROM journey_path GROUP BY 1, 2 ORDER BY 1, 2")
    assert [tuple(row) for row in exits] == [
        ("gift", "done", FEW),
        ("gift", "failed", CUSTOMERS - FEW),
        ("sorry", "done", CUSTOMERS - FEW),
        ("tell", "done", FEW),
    ]
    for table, number in (("coupon", FEW), ("message", CUSTOMERS)):
        row = await db.fetchrow(f"SELECT count(*), count(DISTINCT customer_id) FROM {table}")
        assert tuple(row or ()) == (number, number), table
