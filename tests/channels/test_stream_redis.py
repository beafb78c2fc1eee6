"""The Redis stream: nothing is acknowledged before the database has it, nothing holds up what comes after it."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import redis.asyncio as aioredis
from redis.exceptions import RedisError

from channels.card_core.stream_redis import RedisStream
from domain import intake
from kit import database
from server.embedded import start_valkey
from tests.channels.told_events import PAN, add, encoded, parked, stored, told
from tests.conftest import Servers

pytestmark = pytest.mark.usefixtures("database")
GROUP = "cardquest"


@pytest.fixture
async def client(servers: Servers) -> AsyncIterator[aioredis.Redis]:
    async with aioredis.from_url(servers.redis_url) as client:
        yield client


@pytest.fixture
def key() -> str:
    """A stream of this test's own."""
    return f"events-{uuid.uuid4().hex}"


@pytest.fixture
async def stream(servers: Servers, key: str) -> AsyncIterator[RedisStream]:
    stream = RedisStream(servers.redis_url, key)
    yield stream
    await stream.close()


async def drain(stream: RedisStream) -> int:
    """All there is; how many entries. The first call may only start the group."""
    await stream.take_batch()
    total = 0
    while taken := await stream.take_batch():
        total += taken
    return total


async def waiting(client: aioredis.Redis, key: str) -> int:
    """How many entries were delivered and not acknowledged."""
    return int((await client.xpending(key, GROUP))["pending"])


async def test_what_lay_there_before_the_first_worker_is_taken(
    stream: RedisStream, client: aioredis.Redis, key: str
) -> None:
    await add(client, key, [encoded(told(f"T{n}")) for n in range(1_201)])
    assert await drain(stream) == 1_201
    assert await database.fetchval("SELECT count(*) FROM event WHERE source = 'card-core'") == 1_201
    assert await waiting(client, key) == 0


async def test_a_crash_between_commit_and_acknowledgement_changes_nothing(
    stream: RedisStream, client: aioredis.Redis, key: str, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stream.take_batch()
    await add(client, key, [encoded(told("T1")), b"{", encoded(told("T2"))])

    async def power_cut(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(stream._redis, "xack", power_cut)
    with pytest.raises(ConnectionError):
        await stream.take_batch()
    before = (await stored(), await parked())
    assert (len(before[0]), await waiting(client, key)) == (2, 3)

    successor = RedisStream(servers.redis_url, key, idle_seconds=0)
    assert await successor.take_batch() == 3
    assert ((await stored(), await parked()), await waiting(client, key)) == (before, 0)
    await successor.close()


async def test_what_is_no_event_is_parked_and_acknowledged(
    stream: RedisStream, client: aioredis.Redis, key: str
) -> None:
    await stream.take_batch()
    await add(
        client,
        key,
        [
            encoded(told("T1")),
            b"\xff\xfe",
            encoded(told("T2", amount_fen=-1)),
            encoded(told("T3", occurred_at="2099-01-01T00:00:00+08:00")),
            encoded(told("T4", card={"token": PAN})),
            encoded(told("T5")),
        ],
    )
    lacking = await client.xadd(key, {"other": "field"})
    assert await stream.take_batch() == 7
    assert [row[0] for row in await stored()] == ["T1", "T5"]
    assert [(path, code) for _, path, code in await parked()] == [
        ("", "invalid"),
        ("", "missing"),
        ("amount_fen", "invalid"),
        ("card.token", "card_number"),
        ("occurred_at", "event.in_the_future"),
    ]
    assert f"redis:{key}:{lacking.decode()}" in [position for position, _, _ in await parked()]
    assert await waiting(client, key) == 0


async def test_no_card_number_is_parked(stream: RedisStream, client: aioredis.Redis, key: str) -> None:
    await stream.take_batch()
    spaced = " ".join(PAN[n : n + 4] for n in range(0, 16, 4))
    await add(client, key, [encoded(told("T1", card={"token": PAN}, **{PAN: spaced})), f"{{{PAN}".encode()])
    await stream.take_batch()
    rows = await database.fetch("SELECT payload, path, detail FROM parked_message ORDER BY id")
    kept = b"".join(row["payload"] + f"{row['path']} {row['detail']}".encode() for row in rows)
    assert (len(rows), PAN.encode() in kept, spaced.encode() in kept) == (2, False, False)
    assert kept.count(b"************7894") >= 3


async def test_what_a_dead_worker_left_is_taken_over_when_it_lay_idle(
    stream: RedisStream, client: aioredis.Redis, key: str, servers: Servers
) -> None:
    await stream.take_batch()
    await add(client, key, [encoded(told(f"T{n}")) for n in range(700)])
    await client.xreadgroup(GROUP, "dead", {key: ">"}, count=650)
    patient = RedisStream(servers.redis_url, key, idle_seconds=60)
    assert [await patient.take_batch(), await patient.take_batch()] == [50, 0]
    heir = RedisStream(servers.redis_url, key, idle_seconds=0)
    assert [await heir.take_batch(), await heir.take_batch()] == [500, 150]
    assert (len(await stored()), await waiting(client, key)) == (700, 0)
    await patient.close()
    await heir.close()


async def test_while_the_database_is_down_the_batch_stays_in_hand(
    stream: RedisStream, client: aioredis.Redis, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stream.take_batch()
    await add(client, key, [encoded(told("T1"))])
    with monkeypatch.context() as down:

        async def refused(*_: object) -> intake.Taken:
            raise OSError("connection refused")

        down.setattr(intake, "take", refused)
        for _ in range(2):
            with pytest.raises(OSError, match="refused"):
                await stream.take_batch()
    await add(client, key, [encoded(told("T2"))])
    assert await waiting(client, key) == 1
    assert [await stream.take_batch(), await stream.take_batch()] == [1, 1]
    assert [row[0] for row in await stored()] == ["T1", "T2"]
    assert await waiting(client, key) == 0


async def test_it_goes_on_after_a_flush_and_a_restart(tmp_path: Path) -> None:
    valkey = start_valkey(tmp_path)
    stream = RedisStream(valkey.url, "events")
    try:
        async with aioredis.from_url(valkey.url) as client:
            await add(client, "events", [encoded(told("T1"))])
            assert await drain(stream) == 1
            await client.flushall()
            await add(client, "events", [encoded(told("T2"))])
            assert await drain(stream) == 1
        valkey.crash()
        with pytest.raises(RedisError):
            await stream.take_batch()
        valkey.restart()
        async with aioredis.from_url(valkey.url) as client:
            await add(client, "events", [encoded(told("T3"))])
            assert await drain(stream) == 1
        assert [row[0] for row in await stored()] == ["T1", "T2", "T3"]
    finally:
        await stream.close()
        valkey.stop()
