"""The core tells us by a Kafka topic: offsets are committed after the database has committed."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from logging import getLogger
from typing import Any, NamedTuple, TypeVar

import confluent_kafka
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from channels.card_core.messages import MOST_MESSAGES, take
from domain.intake import Message
from kit import logging

log = logging.get("stream.kafka")
T = TypeVar("T")
_WAIT_SECONDS = 1.0


def _warn(error: KafkaError) -> None:
    log.warning("stream.kafka_error", error=str(error))


_OURS: dict[str, Any] = {
    # Nothing is committed behind our back: a message is settled when the database has it.
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    "partition.assignment.strategy": "cooperative-sticky",
    "error_cb": _warn,
}


class _Record(NamedTuple):
    partition: int
    offset: int
    payload: bytes


class KafkaStream:
    """A member of the group `group` on `topic`; `options` are librdkafka's (TLS, SASL).

    librdkafka is only ever called from one thread of our own, one call after the other. So partitions come and
    go between batches, never under one.
    """

    def __init__(self, brokers: str, topic: str, group: str, options: Mapping[str, str] | None = None) -> None:
        self._topic = topic
        self._config = {**(options or {}), "bootstrap.servers": brokers, "group.id": group, **_OURS}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka")
        self._consumer: Consumer | None = None
        self._unsettled: dict[int, int] = {}
        self._due: dict[int, int] = {}
        """Offsets by partition: of the first message in hand, and what is to be committed."""

    async def take_batch(self) -> int:
        """Take up to 500 messages; how many. Waits a second for the first one.

        Raises what Kafka or the database raise; then the same messages are read again by the next call.
        """
        records = await self._call(self._read)
        if not records:
            return 0
        await take([Message(self._position(record), record.payload) for record in records])
        await self._call(lambda: self._settle(records))
        return len(records)

    async def close(self) -> None:
        """Leave the group; what was not committed goes to the next member."""
        await self._call(self._drop)
        self._thread.shutdown()

    def _position(self, record: _Record) -> str:
        return f"kafka:{self._topic}:{record.partition}:{record.offset}"

    async def _call(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # What follows runs in the thread, and to its end even when the caller is cancelled meanwhile.

    def _read(self) -> list[_Record]:
        try:
            consumer = self._join() if self._consumer is None else self._consumer
            self._rewind(consumer)
            self._commit(consumer)
            told = [_record(one) for one in consumer.consume(MOST_MESSAGES, _WAIT_SECONDS)]
        except Exception:
            self._drop()  # a new consumer begins where the group has committed
            raise
        records = [record for record in told if record is not None]
        for record in records:
            self._unsettled.setdefault(record.partition, record.offset)
        return records

    def _join(self) -> Consumer:
        self._consumer = Consumer(self._config, logger=getLogger("librdkafka"))
        self._consumer.subscribe([self._topic])
        return self._consumer

    def _rewind(self, consumer: Consumer) -> None:
        """Back to the first message in hand, which is there only after a failure."""
        for offset in self._ours(consumer, self._unsettled):
            consumer.seek(offset)
        self._unsettled.clear()

    def _settle(self, records: list[_Record]) -> None:
        self._unsettled.clear()
        self._due |= {record.partition: record.offset + 1 for record in records}
        if self._consumer is not None:
            self._commit(self._consumer)

    def _commit(self, consumer: Consumer) -> None:
        """What fails, as it does while partitions change hands, is tried again before the next read."""
        try:
            if offsets := self._ours(consumer, self._due):
                consumer.commit(offsets=offsets, asynchronous=False)
            self._due.clear()
        except KafkaException as error:
            log.warning("stream.commit_failed", topic=self._topic, error=str(error))

    def _ours(self, consumer: Consumer, offsets: dict[int, int]) -> list[TopicPartition]:
        """Without the partitions that have gone: their new owner reads from what was committed, and decides."""
        if not offsets:
            return []
        ours = {one.partition for one in consumer.assignment()}
        return [TopicPartition(self._topic, one, offset) for one, offset in offsets.items() if one in ours]

    def _drop(self) -> None:
        self._unsettled.clear()
        self._due.clear()
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            consumer.close()


def _record(one: confluent_kafka.Message) -> _Record | None:
    """A message, or None for a passing trouble. Raises `KafkaException` for what only a new consumer gets over."""
    error = one.error()
    if error is not None:
        if error.fatal():
            raise KafkaException(error)
        _warn(error)
        return None
    partition, offset = one.partition(), one.offset()
    if partition is None or offset is None:
        raise KafkaException(KafkaError(KafkaError._BAD_MSG))
    return _Record(partition, offset, one.value() or b"")
