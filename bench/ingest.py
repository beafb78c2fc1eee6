"""Events per second through the one ingest, against a raw insert of the same rows.

Two batches are in flight at any time, as from two senders: while PostgreSQL works on one, the process reads the other.
Each sender has customers of its own, so that they do not wait for each other's locks.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from bench.stage import Stage, make_events, prepare
from domain import customers, events
from domain.events import Event, store
from domain.events.event import digest
from kit import database

BATCH = 5_000
SENDERS = 2
ROUNDS = 6


async def measure(stage: Stage, task_count: int, customer_count: int, count: int) -> dict[str, float]:
    """Ingest and raw insert in turns; medians of events per second, and their ratio."""
    await prepare(stage, task_count, customer_count)
    try:
        await _ingest(make_events(4 * BATCH, customer_count, "warm"))
        ours: list[float] = []
        raw: list[float] = []
        for turn in range(ROUNDS):
            ours.append(await _rate(_ingest, make_events(count, customer_count, "ours", turn)))
            raw.append(await _rate(_insert, make_events(count, customer_count, "raw", turn)))
        stored = await database.fetchval("SELECT count(*) FROM event WHERE source = 'ours'")
        assert stored == count * ROUNDS, "an event was lost"
        return {"ingest": _median(ours), "insert": _median(raw), "ratio": _median(ours) / _median(raw)}
    finally:
        await database.close()


async def _rate(work: Callable[[Sequence[Event]], Awaitable[None]], batch: Sequence[Event]) -> float:
    senders: list[list[Event]] = [[] for _ in range(SENDERS)]
    for event in batch:
        senders[int(event.customer_no[1:]) % SENDERS].append(event)
    began = time.perf_counter()
    await asyncio.gather(*(work(events) for events in senders))
    return len(batch) / (time.perf_counter() - began)


async def _ingest(batch: Sequence[Event]) -> None:
    for start in range(0, len(batch), BATCH):
        await events.ingest(batch[start : start + BATCH])


async def _insert(batch: Sequence[Event]) -> None:
    for start in range(0, len(batch), BATCH):
        part = batch[start : start + BATCH]
        ids = await customers.ids_of([event.customer_no for event in part])
        async with database.transaction() as connection:
            await store.insert(connection, part, [digest(event) for event in part], ids)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
