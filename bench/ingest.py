"""Events per second through the one ingest, against a raw insert of the same rows.

With two senders two batches are in flight at any time: while PostgreSQL works on one, the process reads the other. Each
sender has customers of its own, so that they do not wait for each other's locks.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.stage import Stage, make_events, prepare
from domain import customers, events
from domain.events import Event, store
from domain.events.event import digest
from kit import database

BATCH = 5_000
ROUNDS = 6


@dataclass(frozen=True)
class Rates:
    """Events per second, ours and of the raw insert; `ratio` is the median of the ratios of each turn."""

    ingest: float
    insert: float
    ratio: float


async def measure(stage: Stage, task_count: int, customer_count: int, count: int) -> dict[int, Rates]:
    """By the number of senders; ingest and raw insert take turns, and of all turns the medians are told."""
    await prepare(stage, task_count, customer_count)
    try:
        await _ingest(make_events(4 * BATCH, customer_count, "warm"))
        found = {senders: await _compare(senders, customer_count, count) for senders in (1, 2)}
        stored = await database.fetchval("SELECT count(*) FROM event WHERE source LIKE 'ours%'")
        assert stored == 2 * count * ROUNDS, "an event was lost"
        return found
    finally:
        await database.close()


async def _compare(senders: int, customer_count: int, count: int) -> Rates:
    ours: list[float] = []
    raw: list[float] = []
    for turn in range(ROUNDS):
        ours.append(await _rate(_ingest, senders, make_events(count, customer_count, f"ours{senders}", turn)))
        raw.append(await _rate(_insert, senders, make_events(count, customer_count, f"raw{senders}", turn)))
    ratios = [mine / theirs for mine, theirs in zip(ours, raw, strict=True)]
    return Rates(median(ours), median(raw), median(ratios))


async def _rate(work: Callable[[Sequence[Event]], Awaitable[None]], senders: int, batch: Sequence[Event]) -> float:
    shares: list[list[Event]] = [[] for _ in range(senders)]
    for event in batch:
        shares[int(event.customer_no[1:]) % senders].append(event)
    began = time.perf_counter()
    await asyncio.gather(*(work(share) for share in shares))
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
