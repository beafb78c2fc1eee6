"""Batches that come at the same moment, for the same customers, in different orders: nothing is lost or doubled."""

import asyncio
import random

import pytest

from domain import customers, events
from domain.customers.profile import forget_remembered
from domain.events import Event
from kit import database
from tests.domain.tasks.making import cumulative, current, experience_of, purchase, refund, settle, task

pytestmark = pytest.mark.usefixtures("database")
NAMES = [f"C{number}" for number in range(8)]


def shuffled(batch: list[Event], seed: int) -> list[Event]:
    mixed = list(batch)
    random.Random(seed).shuffle(mixed)
    return mixed


async def test_batches_for_the_same_customers_add_up() -> None:
    await task("spend", cumulative("purchase.amount", 10**9))
    batches = [shuffled([purchase(name, 100) for name in NAMES], seed) for seed in range(16)]
    results = await asyncio.gather(*(events.ingest(batch) for batch in batches))
    assert sum(result.accepted for result in results) == 16 * 8
    assert [await current(name, "spend") for name in NAMES] == [[1_600]] * 8


async def test_the_same_batch_told_by_many_at_once_is_stored_once() -> None:
    await task("two", cumulative("purchase.count", 2), rewards=[{"experience": 100}])
    batch = [purchase(name) for name in NAMES for _ in range(2)]
    results = await asyncio.gather(*(events.ingest(shuffled(batch, seed)) for seed in range(8)))
    assert sum(result.accepted for result in results) == 16
    assert sum(result.duplicates for result in results) == 7 * 16
    assert [result.suspended for result in results] == [[]] * 8
    await settle()
    assert [await experience_of(name) for name in NAMES] == [100] * 8


async def test_unknown_customers_are_created_once_whoever_hears_of_them_first() -> None:
    async def tell(seed: int) -> None:
        forget_remembered()
        await events.ingest(shuffled([purchase(f"N{number}") for number in range(30)], seed))

    await asyncio.gather(*(tell(seed) for seed in range(8)))
    assert await database.fetchval("SELECT count(*) FROM customer") == 30
    assert await database.fetchval("SELECT count(*) FROM event") == 240


async def test_purchases_and_their_refunds_at_once_net_out() -> None:
    await task("spend", cumulative("purchase.amount", 10**9))
    bought = [purchase(name, 1_000) for name in NAMES for _ in range(4)]
    refunds = [refund(one, 400) for one in bought]
    batches = [shuffled([*bought, *refunds], 1)[start::8] for start in range(8)]
    await asyncio.gather(*(events.ingest(batch) for batch in batches))
    assert [await current(name, "spend") for name in NAMES] == [[2_400]] * 8


async def test_one_event_told_for_two_customers_at_once_is_kept_for_one() -> None:
    for number in range(10):
        told = [purchase("C1", event_id=f"same-{number}"), purchase("C2", event_id=f"same-{number}")]
        results = await asyncio.gather(*(events.ingest([one]) for one in told))
        assert sorted(result.accepted for result in results) == [0, 1]
        assert sum(len(result.suspended) for result in results) == 1
    assert await database.fetchval("SELECT count(*) FROM event") == 10


async def test_a_task_going_live_meanwhile_misses_nobody() -> None:
    batches = [[purchase(name, 100) for name in NAMES] for _ in range(12)]
    telling = [events.ingest(batch) for batch in batches]
    await asyncio.gather(*telling[:6], task("spend", cumulative("purchase.amount", 10**9)), *telling[6:])
    await settle()
    assert [await current(name, "spend") for name in NAMES] == [[1_200]] * 8


async def test_a_customers_id_never_changes() -> None:
    first = await customers.ids_of(NAMES)
    forget_remembered()
    assert await customers.ids_of(reversed(NAMES)) == first
    assert [await customers.id_of(name) for name in NAMES] == [first[name] for name in NAMES]
