"""A worker is killed again and again while it issues to 50,000 customers; everybody has exactly one coupon in the end."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from domain import coupon_issues
from domain.coupon_issues import IssueState, members
from domain.customers.profile import forget_remembered
from domain.reconciliation import reconcile
from kit import database as db
from server import local
from server.embedded import start_postgres
from server.local import Place
from server.migration import migrate
from tests.conftest import Servers
from tests.domain.coupon_issues.stage import running
from tests.domain.coupons.stage import publish_template
from tests.platform import Platform, free_port

CUSTOMERS = 50_000
KILLS = 3


@pytest.fixture
async def workers(servers: Servers) -> AsyncIterator[Platform]:
    """A database of their own, which this test looks into as well; no process of the program runs yet."""
    url = start_postgres(servers.folder, durable=False, database="killed").url
    await migrate(url)
    place = Place(servers.folder / "killed", free_port(), free_port())
    place.data_dir.mkdir(parents=True, exist_ok=True)
    redis_url = f"{servers.redis_url.split('?')[0]}?db=2"
    platform = Platform(place, {**local.fill_in(place), "DATABASE_URL": url, "REDIS_URL": redis_url})
    await db.connect(url, pool=4)
    forget_remembered()
    yield platform
    platform.stop()
    await db.close()


async def decided(issue_id: int) -> int:
    issue = await coupon_issues.progress(issue_id)
    return issue.total - issue.remaining


async def test_every_customer_has_one_coupon_however_often_the_worker_is_killed(
    workers: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "SET", 1_000)
    chance = random.Random(20261125)
    await publish_template("free7", stock=CUSTOMERS, daily_cap=CUSTOMERS)
    await db.execute(
        """INSERT INTO customer (customer_no, name, stage, created_at)
           SELECT 'K' || n, '', 'payer', now() FROM generate_series(1, $1::int) AS n""",
        CUSTOMERS,
    )
    issue = await running(audience={"stages": ["payer"]})
    reached = 0
    for number in range(KILLS):
        workers.start(f"worker-{number}", "work")
        until = time.monotonic() + 60
        while await decided(issue.id) == reached:
            assert time.monotonic() < until, "the worker does nothing"
        await asyncio.sleep(chance.uniform(0, 0.15))
        workers.kill(f"worker-{number}")
        now = await decided(issue.id)
        assert reached < now
        reached = now
    assert reached < CUSTOMERS, "it was never killed in the middle"
    # Killed clients' backends may still be at their last statement: they end by themselves.
    sql = "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = 'killed' AND state = 'active' AND pid <> pg_backend_pid()"
    while not await db.fetchval(sql):
        pass
    finished = workers.run("issue-coupons", str(issue.id))
    assert finished.returncode == 0, finished.stderr + finished.stdout
    assert f"{CUSTOMERS}/{CUSTOMERS}" in finished.stdout
    assert f"done: issued {CUSTOMERS}" in finished.stdout
    done = await coupon_issues.progress(issue.id)
    assert (done.state, done.issued, done.remaining) == (IssueState.DONE, CUSTOMERS, 0)
    row = await db.fetchrow("SELECT count(*), count(DISTINCT customer_id), count(DISTINCT change_no) FROM coupon")
    assert tuple(row or ()) == (CUSTOMERS, CUSTOMERS, CUSTOMERS)
    assert await db.fetchval("SELECT count(*) FROM coupon_move") == CUSTOMERS
    assert await reconcile() == []
    assert workers.run("issue-coupons", str(issue.id)).returncode == 0
    assert workers.run("issue-coupons", "999").returncode == 2
