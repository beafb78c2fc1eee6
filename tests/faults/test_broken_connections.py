"""A connection that breaks takes nothing else down with it: not the task that used it, not its place in the pool."""

import asyncio
import threading
from contextlib import suppress

import asyncpg
import pytest
from asyncpg.transaction import Transaction
from tortoise.connection import get_connection

from kit import database as db


def cut(url: str, backend: int) -> None:
    """End a session while our own loop, waiting for this thread, cannot notice."""

    async def terminate() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute("SELECT pg_terminate_backend($1, 5000)", backend)
        await connection.close()

    thread = threading.Thread(target=lambda: asyncio.run(terminate()))
    thread.start()
    thread.join()


async def backend() -> int:
    """The session the next transaction will use."""
    async with db.transaction() as connection:
        return int(await connection.fetchval("SELECT pg_backend_pid()"))


async def test_a_task_goes_on_when_its_transaction_could_not_begin(database: str) -> None:
    cut(database, await backend())
    with pytest.raises(db.UNREACHABLE):
        await backend()
    assert await db.fetchval("SELECT 1") == 1
    assert await backend() > 0


async def test_a_task_goes_on_when_its_transaction_could_not_end(database: str) -> None:
    with pytest.raises(db.UNREACHABLE):
        async with db.transaction() as connection:
            cut(database, await connection.fetchval("SELECT pg_backend_pid()"))
    assert await db.fetchval("SELECT 1") == 1
    assert await backend() > 0


async def test_a_task_goes_on_when_its_connection_could_not_be_given_back(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await backend()
    commit = Transaction.commit

    async def commit_and_break(self: Transaction) -> None:
        await commit(self)
        cut(database, session)

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", commit_and_break)
        with suppress(*db.UNREACHABLE):  # it has committed: told or not, what counts is what comes after
            await backend()
    assert await db.fetchval("SELECT 1") == 1
    assert await backend() > 0


async def test_whoever_leaves_while_a_transaction_begins_gives_its_connection_back(database: str) -> None:
    for steps in range(40):
        leaving = asyncio.create_task(backend())
        for _ in range(steps % 8):  # somewhere between asking for a connection and the answer to BEGIN
            await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
    pool = get_connection("default")._pool
    assert pool.get_idle_size() == pool.get_size()


async def test_a_connection_that_broke_while_nobody_used_it_is_not_used_again(database: str) -> None:
    session = await backend()
    assert await backend() == session
    cut(database, session)
    await asyncio.sleep(0.1)  # our loop notices
    assert await backend() != session


async def test_a_query_given_up_leaves_nothing_behind_for_the_next_one(database: str) -> None:
    for _ in range(20):
        slow = asyncio.create_task(db.fetchval("SELECT 'slow' FROM pg_sleep(30)"))
        await asyncio.sleep(0.01)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        assert await db.fetchval("SELECT 'mine'") == "mine"
    assert get_connection("default")._pool.get_size() <= 2
