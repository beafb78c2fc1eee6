"""Who saw which task: written once, whoever shows it, and forgotten by nobody but a process that is killed."""

import asyncio
from datetime import datetime

import asyncpg
import pytest

from domain import approvals, tasks
from domain.customers import erase
from domain.tasks import Sightings
from kit import database as db
from tests.domain.coupons.stage import MAKER, new_customers
from tests.domain.tasks.making import cumulative, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def customer(database: str) -> int:
    """Somebody who sees two tasks."""
    for code in ("fuel", "food"):
        await task(code, cumulative("purchase.count", 1), automatic=False)
    await tasks.catalogue.refresh()
    [customer_id] = await new_customers()
    return customer_id


async def shown(sightings: Sightings, customer_id: int) -> None:
    """Their page is answered."""
    sightings.note(customer_id, await tasks.tasks_of(customer_id, "bank_app"))


async def seen() -> dict[tuple[int, str], datetime]:
    rows = await db.fetch("SELECT customer_id, unnest(tasks), first_seen_at FROM task_seen ORDER BY id")
    return {(row[0], row[1]): row[2] for row in rows}


async def test_what_a_page_shows_is_written_once_whoever_shows_it(customer: int, time_machine: TimeMachine) -> None:
    one, another = Sightings(), Sightings()
    await shown(one, customer)
    assert await seen() == {}
    await one.flush()
    first = await seen()
    assert set(first) == {(customer, "fuel"), (customer, "food")}
    time_machine(days=1)
    for process in (one, another):
        await shown(process, customer)
        await process.flush()
    assert await seen() == first


async def test_a_page_that_shows_nothing_new_writes_nothing(customer: int) -> None:
    sightings = Sightings()
    await shown(sightings, customer)
    await sightings.flush()
    await db.execute("DELETE FROM task_seen")
    await shown(sightings, customer)
    await sightings.flush()
    assert await seen() == {}


async def test_a_task_that_goes_live_later_is_seen_later(customer: int, time_machine: TimeMachine) -> None:
    sightings = Sightings()
    await shown(sightings, customer)
    await sightings.flush()
    await approvals.end(tasks.TASKS, "food", MAKER)
    await task("sport", cumulative("purchase.count", 1), automatic=False)
    await tasks.catalogue.refresh()
    time_machine(hours=2)
    await shown(sightings, customer)
    await sightings.flush()
    found = await seen()
    assert set(found) == {(customer, code) for code in ("fuel", "food", "sport")}
    assert (found[customer, "sport"] - found[customer, "fuel"]).total_seconds() >= 7200


async def test_processes_that_show_the_same_at_once_keep_each_task_once(customer: int) -> None:
    everybody = [customer, *await new_customers(19)]
    first, *_ = processes = [Sightings() for _ in range(4)]
    views = await tasks.tasks_of(customer, "bank_app")
    first.note(customer, views[:1])
    await first.flush()
    for process in processes:
        for one in everybody:
            process.note(one, views)
    await asyncio.gather(*(process.flush() for process in processes))
    rows = await db.fetch("SELECT customer_id, code FROM task_seen, unnest(tasks) AS code")
    assert sorted(map(tuple, rows)) == sorted((one, code) for one in everybody for code in ("food", "fuel"))


async def test_what_cannot_be_written_waits(customer: int) -> None:
    sightings = Sightings()
    await shown(sightings, customer)
    await db.execute("ALTER TABLE task_seen RENAME TO task_seen_away")
    try:
        with pytest.raises(asyncpg.UndefinedTableError):
            await sightings.flush()
    finally:
        await db.execute("ALTER TABLE task_seen_away RENAME TO task_seen")
    await sightings.flush()
    assert len(await seen()) == 2


async def test_what_a_killed_process_had_not_written_the_next_page_says_again(customer: int) -> None:
    killed = Sightings()
    await shown(killed, customer)
    del killed
    assert await seen() == {}
    next_process = Sightings()
    await shown(next_process, customer)
    await next_process.flush()
    assert len(await seen()) == 2


async def test_a_process_that_ends_in_order_writes_what_waits(customer: int) -> None:
    sightings = Sightings()
    sightings.start()
    await shown(sightings, customer)
    await sightings.stop()
    assert len(await seen()) == 2


async def test_of_who_was_erased_nothing_new_is_kept(customer: int) -> None:
    sightings = Sightings()
    await shown(sightings, customer)
    [other] = await new_customers()
    await shown(sightings, other)
    async with db.transaction() as connection:
        await erase(connection, customer)
    await sightings.flush()
    assert {owner for owner, _ in await seen()} == {other}
