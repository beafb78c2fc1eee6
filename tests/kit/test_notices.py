"""Notices between processes: heard at commit, in order, and again after the connection was lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from kit import database as db
from kit.notices import Notices, notify


class Heard:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self._resyncs = asyncio.Semaphore(0)

    async def resync(self) -> None:
        self._resyncs.release()

    async def resynced(self, times: int) -> None:
        for _ in range(times):
            await asyncio.wait_for(self._resyncs.acquire(), 10)

    async def next(self) -> str:
        return await asyncio.wait_for(self.told.get(), 5)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def notices(database: str, heard: Heard) -> AsyncIterator[Notices]:
    notices = Notices(database)
    notices.on("news", heard.told.put, heard.resync)
    await notices.start()
    yield notices
    await notices.stop()


async def tell(*payloads: str) -> None:
    async with db.transaction() as connection:
        for payload in payloads:
            await notify(connection, "news", payload)


async def test_notices_arrive_in_order_when_the_transaction_commits(notices: Notices, heard: Heard) -> None:
    async def tell_and_fail() -> None:
        async with db.transaction() as connection:
            await notify(connection, "news", "never")
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await tell_and_fail()
    await tell("one", "two")
    assert [await heard.next(), await heard.next()] == ["one", "two"]


async def test_a_lost_connection_is_replaced_and_the_listener_told_to_resync(notices: Notices, heard: Heard) -> None:
    since = notices.listening_since
    assert since is not None
    await db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"
    )
    await heard.resynced(times=2)
    assert notices.listening_since is not None
    assert notices.listening_since > since
    await tell("again")
    assert await heard.next() == "again"


async def test_a_failing_listener_hears_the_next_notice(database: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def touchy(payload: str) -> None:
        if payload == "bad":
            raise ValueError(payload)
        await heard.put(payload)

    notices = Notices(database)
    notices.on("news", touchy)
    await notices.start()
    try:
        await tell("bad", "good")
        assert await asyncio.wait_for(heard.get(), 5) == "good"
    finally:
        await notices.stop()


async def test_a_stopped_one_listens_no_more(notices: Notices) -> None:
    await notices.stop()
    assert notices.listening_since is None
    await notices.stop()
