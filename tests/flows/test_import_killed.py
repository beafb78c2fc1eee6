"""A worker is killed again and again while it takes in a file; every row has had its effect exactly once in the end."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from domain import imports
from domain.customers.profile import forget_remembered
from domain.imports import keep_rows_in
from domain.reconciliation import reconcile
from kit import database as db
from kit.vault import Vault
from server import local
from server.embedded import start_postgres
from server.local import Place
from server.migration import migrate
from server.settings import from_environment
from tests.conftest import Servers
from tests.domain.coupons.stage import MAKER
from tests.domain.imports.stage import received
from tests.platform import Platform, free_port

ROWS = 20_000
KILLS = 2


@pytest.fixture
async def workers(servers: Servers) -> AsyncIterator[Platform]:
    """A database of their own, which this test looks into as well; no process of the program runs yet."""
    url = start_postgres(servers.folder, durable=False, database="import_killed").url
    await migrate(url)
    place = Place(servers.folder / "import_killed", free_port(), free_port())
    place.data_dir.mkdir(parents=True, exist_ok=True)
    redis_url = f"{servers.redis_url.split('?')[0]}?db=3"
    platform = Platform(place, {**local.fill_in(place), "DATABASE_URL": url, "REDIS_URL": redis_url})
    await db.connect(url, pool=4)
    keep_rows_in(Vault(from_environment(platform.environment).vault_keys, "imports"))
    forget_remembered()
    yield platform
    platform.stop()
    await db.close()


async def test_every_row_counts_once_however_often_the_worker_is_killed(workers: Platform) -> None:
    chance = random.Random(20261126)
    lines = [f"E{n},purchase,K{n % 500},2026-01-01T12:00:00+08:00,{n + 1}" for n in range(ROWS)]
    file = await received("events", "event_id,type,customer_no,occurred_at,amount_fen\n" + "\n".join(lines))
    reached = 0
    for number in range(KILLS):
        workers.start(f"worker-{number}", "work")
        until = time.monotonic() + 60
        while (await imports.read(MAKER, file.id)).position == reached:
            assert time.monotonic() < until, "the worker does nothing"
            await asyncio.sleep(0.005)
        await asyncio.sleep(chance.uniform(0, 0.1))
        workers.kill(f"worker-{number}")
        reached = (await imports.read(MAKER, file.id)).position
    assert reached < ROWS / 1_000, "it was never killed in the middle"
    workers.start("worker-last", "work")
    until = time.monotonic() + 120
    while (done := await imports.read(MAKER, file.id)).state != "done":
        assert time.monotonic() < until, "the import does not end"
        await asyncio.sleep(0.05)
    assert (done.rows, done.accepted, done.duplicates, done.faulty) == (ROWS, ROWS, 0, 0)
    row = await db.fetchrow("SELECT count(*), sum(amount_fen) FROM event")
    assert tuple(row or ()) == (ROWS, ROWS * (ROWS + 1) // 2)
    assert await reconcile() == []
