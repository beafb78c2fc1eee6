"""The Kafka topic, against librdkafka's mock cluster: offsets follow the database, never the other way round."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from channels.card_core.stream_kafka import KafkaStream
from domain import intake
from kit import database
from tests.channels.told_events import Told, encoded, parked, stored, told

pytestmark = pytest.mark.usefixtures("database")
PATIENCE = 40
OPTIONS = {"log_level": "2", "session.timeout.ms": "6000"}
"""The mock cluster notices that a member left only when its session has timed out."""


@pytest.fixture(scope="session")
def brokers() -> Iterator[str]:
    """Three mock brokers, for as long as the producer that owns them lives."""
    owner = Producer({"test.mock.num.brokers": 3, "log_level": 2})
    yield ",".join(f"{one.host}:{one.port}" for one in owner.list_topics(timeout=10).brokers.values())
    del owner


@pytest.fixture
def topic() -> str:
    return f"events-{uuid.uuid4().hex}"


@pytest.fixture
async def join(brokers: str, topic: str) -> AsyncIterator[Callable[[], KafkaStream]]:
    """Each call is a new member of one group on `topic`."""
    members: list[KafkaStream] = []

    def join() -> KafkaStream:
        members.append(KafkaStream(brokers, topic, topic, OPTIONS))
        return members[-1]

    yield join
    for member in members:
        with suppress(RuntimeError):  # closed by the test
            await member.close()


async def produce(brokers: str, topic: str, bodies: list[bytes | None]) -> None:
    """Spread over the partitions."""
    producer = Producer({"bootstrap.servers": brokers, "log_level": 2})
    for number, body in enumerate(bodies):
        producer.produce(topic, value=body, key=str(number))
    assert await asyncio.to_thread(producer.flush, 20) == 0


def bodies_of(events: list[Told]) -> list[bytes | None]:
    return [encoded(event) for event in events]


def committed(brokers: str, topic: str) -> int:
    """How many messages the group is past, over all partitions."""
    reader = Consumer({"bootstrap.servers": brokers, "group.id": topic, "log_level": 2})
    offsets = reader.committed([TopicPartition(topic, partition) for partition in range(4)], timeout=20)
    reader.close()
    return sum(max(0, one.offset) for one in offsets)


async def take(stream: KafkaStream, most: int) -> int:
    """Until `most` were taken; joining a group takes seconds."""
    total = 0
    async with asyncio.timeout(PATIENCE):
        while total < most:
            total += await stream.take_batch()
    return total


async def test_offsets_are_committed_after_the_database_and_poison_is_parked(
    brokers: str, topic: str, join: Callable[[], KafkaStream]
) -> None:
    good = bodies_of([told(f"T{n}") for n in range(1_100)])
    await produce(brokers, topic, [*good[:500], b"{", None, encoded(told("bad", mcc="x")), *good[500:]])
    assert await take(join(), 1_103) == 1_103
    assert await database.fetchval("SELECT count(*) FROM event WHERE source = 'card-core'") == 1_100
    assert sorted((path, code) for _, path, code in await parked()) == [
        ("", "invalid"),
        ("", "missing"),
        ("mcc", "invalid"),
    ]
    assert all(position.startswith(f"kafka:{topic}:") for position, _, _ in await parked())
    assert committed(brokers, topic) == 1_103


async def test_a_crash_between_commit_and_offset_changes_nothing(
    brokers: str, topic: str, join: Callable[[], KafkaStream], monkeypatch: pytest.MonkeyPatch
) -> None:
    await produce(brokers, topic, [*bodies_of([told(f"T{n}") for n in range(20)]), b"{"])
    first = join()

    def power_cut(*_: object) -> None:
        raise SystemError("power cut")

    monkeypatch.setattr(first, "_settle", power_cut)
    with pytest.raises(SystemError):
        await take(first, 1)
    before = (await stored(), await parked())
    assert before[0]
    assert committed(brokers, topic) == 0
    await first.close()
    assert await take(join(), 21) == 21
    assert set(before[0]) <= set(await stored())
    assert (len(await stored()), len(await parked()), committed(brokers, topic)) == (20, 1, 21)


async def test_while_the_database_is_down_nothing_is_skipped(
    brokers: str, topic: str, join: Callable[[], KafkaStream], monkeypatch: pytest.MonkeyPatch
) -> None:
    await produce(brokers, topic, bodies_of([told(f"T{n}") for n in range(30)]))
    stream = join()
    with monkeypatch.context() as down:

        async def refused(*_: object) -> intake.Taken:
            raise OSError("connection refused")

        down.setattr(intake, "take", refused)
        failures = 0
        async with asyncio.timeout(PATIENCE):
            while failures < 3:
                try:
                    await stream.take_batch()
                except OSError:
                    failures += 1
        await produce(brokers, topic, bodies_of([told(f"U{n}") for n in range(30)]))
        with pytest.raises(OSError, match="refused"):
            await take(stream, 1)
    assert (await stored(), committed(brokers, topic)) == ([], 0)
    assert await take(stream, 60) == 60
    assert (len(await stored()), committed(brokers, topic)) == (60, 60)


async def test_a_batch_whose_taking_was_cancelled_is_read_again(
    brokers: str, topic: str, join: Callable[[], KafkaStream], monkeypatch: pytest.MonkeyPatch
) -> None:
    await produce(brokers, topic, bodies_of([told(f"T{n}") for n in range(10)]))
    stream, begun = join(), asyncio.Event()
    with monkeypatch.context() as slow:

        async def endless(*_: object) -> intake.Taken:
            begun.set()
            await asyncio.sleep(3_600)
            raise AssertionError

        slow.setattr(intake, "take", endless)
        taking = asyncio.create_task(take(stream, 1))
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
    assert await take(stream, 10) == 10
    assert (len(await stored()), committed(brokers, topic)) == (10, 10)


async def test_members_come_and_go_without_losing_a_message(
    brokers: str, topic: str, join: Callable[[], KafkaStream]
) -> None:
    await produce(brokers, topic, bodies_of([told(f"A{n}") for n in range(40)]))
    first, second = join(), join()
    shares = {first: 0, second: 0}

    async def work(member: KafkaStream) -> None:
        while True:
            shares[member] += await member.take_batch()

    workers = [asyncio.create_task(work(member)) for member in shares]
    async with asyncio.timeout(PATIENCE):
        rounds = 0
        while not min(shares.values()):  # until both have partitions, however long the machine takes
            rounds += 1
            await produce(brokers, topic, bodies_of([told(f"B{rounds}-{n}") for n in range(40)]))
            await asyncio.sleep(0.5)
        workers[0].cancel()
        await asyncio.gather(workers[0], return_exceptions=True)
        await first.close()
        await produce(brokers, topic, bodies_of([told(f"Z{n}") for n in range(40)]))
        expected = 40 * (rounds + 2)
        while committed(brokers, topic) < expected:  # noqa: ASYNC110 - the brokers tell nobody
            await asyncio.sleep(0.2)
    workers[1].cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    assert (len(await stored()), committed(brokers, topic)) == (expected, expected)
    assert await parked() == []
