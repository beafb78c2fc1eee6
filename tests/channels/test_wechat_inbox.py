"""What a handler of WeChat's callbacks cannot take now is not lost, not done twice and holds nobody up."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

import asyncpg
import pytest
from prometheus_client import REGISTRY

from channels.wechat import inbox
from channels.wechat.handlers import Handler
from channels.wechat.told import Told
from kit import clock
from kit import database as db
from kit.database import Connection
from server import metrics
from tests.channels.wechat_rows import stored


class Hearer:
    """A handler that fails as often as it is told, having written what must not stay."""

    def __init__(self, failures: int) -> None:
        self.failures = failures

    async def __call__(self, connection: Connection, callbacks: Sequence[Told]) -> None:
        await connection.execute("INSERT INTO wechat_follower VALUES ($1, true, now())", callbacks[0].openid)
        if self.failures > 0:
            self.failures -= 1
            raise ValueError("nobody expected this")

    @property
    def table(self) -> Mapping[str, tuple[Handler, ...]]:
        return {"subscribe": (self,)}


def sample(state: str) -> float | None:
    return REGISTRY.get_sample_value("cardquest_wechat_callbacks", {"state": state})


def a_follow(openid: str = "o-1") -> Told:
    return Told("account", secrets.token_hex(32), openid, "subscribe", {"Event": "subscribe"}, clock.now())


async def test_what_a_handler_cannot_take_waits_for_the_worker_and_is_not_lost(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearer, told = Hearer(failures=2), a_follow()
    await inbox.take(told, "nonce-1", hearer.table)
    await inbox.take(told, "nonce-2", hearer.table)
    assert [row["state"] for row in await stored()] == ["waiting"]
    assert await db.fetchval("SELECT count(*) FROM wechat_follower") == 0
    assert await inbox.hear_again(hearer.table) == 0
    assert [(row["state"], row["attempts"]) for row in await stored()] == [("waiting", 1)]
    assert await inbox.hear_again(hearer.table) == 0  # not before its time
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=1))
    assert await inbox.hear_again(hearer.table) == 1
    assert [row["state"] for row in await stored()] == ["handed"]
    assert await db.fetchval("SELECT count(*) FROM wechat_follower") == 1
    assert await inbox.hear_again(hearer.table) == 0


async def test_what_nobody_can_ever_take_is_parked_and_holds_up_no_other(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hopeless, fine = Hearer(failures=100), Hearer(failures=0)
    await inbox.take(a_follow("o-bad"), "nonce-1", hopeless.table)
    await inbox.take(a_follow("o-good"), "nonce-2", fine.table)
    now = clock.now()
    for attempt in range(inbox.MOST_ATTEMPTS):
        monkeypatch.setattr(clock, "now", lambda days=attempt: now + timedelta(days=days))
        assert await inbox.hear_again(hopeless.table) == 0
    assert [row["state"] for row in await stored()] == ["parked", "handed"]
    await metrics._count_callbacks()
    assert [sample("waiting"), sample("parked")] == [0, 1]
    assert await inbox.purge_callbacks() == 0
    monkeypatch.setattr(clock, "now", lambda: now + inbox.KEPT_FOR + timedelta(days=1))
    assert await inbox.purge_callbacks() == 1
    assert [row["state"] for row in await stored()] == ["parked"]


async def test_a_handler_that_waits_too_long_does_not_keep_wechat_waiting(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_PATIENCE_SECONDS", 0.2)
    hearer = Hearer(failures=0)
    blocker = await asyncpg.connect(database)
    try:
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE wechat_follower IN ACCESS EXCLUSIVE MODE")
            await inbox.take(a_follow(), "nonce-1", hearer.table)
            assert [row["state"] for row in await stored()] == ["waiting"]
    finally:
        await blocker.close()
    assert await inbox.hear_again(hearer.table) == 1
    assert await db.fetchval("SELECT count(*) FROM wechat_follower") == 1
