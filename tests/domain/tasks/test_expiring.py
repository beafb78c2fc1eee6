"""Claims whose time is over expire, and what that leaves open."""

import asyncio
import sys

import pytest

from domain import customers, events, tasks
from domain.tasks import Claimant
from kit import clock, database
from tests.domain.tasks.making import (
    claim,
    cumulative,
    experience_of,
    overtaken,
    purchase,
    refund,
    settle,
    state_of,
    task,
)
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1, "claim")
TERMS = {"days_to_finish": 3}


async def test_only_what_is_due_and_not_done_expires(time_machine: TimeMachine) -> None:
    await task("short", ONE, automatic=False, claim=TERMS)
    await task("long", cumulative("purchase.count", 9), automatic=False)
    await claim("C1", "short")
    await claim("C2", "short")
    await claim("C1", "long")
    await events.ingest([purchase("C2", occurred_at=clock.now())])
    assert await tasks.expire_due() == 0
    time_machine(days=3)
    assert await tasks.expire_due() == 1
    assert await tasks.expire_due() == 0
    assert await state_of("C1", "short") == "expired"
    assert await state_of("C2", "short") == "completed"
    assert await state_of("C1", "long") == "claimed"


async def test_it_expires_to_the_minute(time_machine: TimeMachine) -> None:
    await task("short", ONE, automatic=False, claim=TERMS)
    await claim("C1", "short")
    time_machine(days=2, hours=23, minutes=59)
    assert await tasks.expire_due() == 0
    time_machine(minutes=1)
    assert await tasks.expire_due() == 1


async def test_many_expire_batch_by_batch_and_two_workers_expire_each_once(
    time_machine: TimeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["domain.tasks.expire"], "BATCH", 10)
    await task("short", ONE, automatic=False, claim=TERMS)
    ids = await customers.ids_of([f"C{number}" for number in range(35)])
    await tasks.claim_batch([Claimant(customer, "short") for customer in ids.values()])
    time_machine(days=3)
    expired = 0
    while done := sum(await asyncio.gather(tasks.expire_due(), tasks.expire_due())):
        expired += done
    assert expired == 35
    assert await database.fetchval("SELECT count(*) FROM claim WHERE state = 'expired'") == 35


async def test_an_event_and_the_job_at_once_leave_one_truth(time_machine: TimeMachine) -> None:
    await task("short", ONE, automatic=False, claim=TERMS, rewards=[{"experience": 100}])
    names = [f"C{number}" for number in range(20)]
    ids = await customers.ids_of(names)
    await tasks.claim_batch([Claimant(customer, "short") for customer in ids.values()])
    in_time = clock.now()
    time_machine(days=3)
    told = [events.ingest([purchase(name, occurred_at=in_time)]) for name in names]
    await asyncio.gather(tasks.expire_due(), *told, tasks.expire_due())
    await settle()
    assert [await state_of(name, "short") for name in names] == ["rewarded"] * 20
    assert [await experience_of(name) for name in names] == [100] * 20


async def test_what_is_completed_while_the_job_is_coming_does_not_expire(time_machine: TimeMachine) -> None:
    await task("short", ONE, automatic=False, claim=TERMS)
    await claim("C1", "short")
    in_time = clock.now()
    time_machine(days=3)
    assert await overtaken(lambda _: events.ingest([purchase(occurred_at=in_time)]), tasks.expire_due) == 0
    assert await state_of("C1", "short") == "completed"


async def test_what_was_clawed_back_in_time_may_be_earned_again_only_in_time(time_machine: TimeMachine) -> None:
    await task("short", ONE, automatic=False, claim=TERMS, rewards=[{"experience": 100}])
    for customer in ("C1", "C2"):
        await claim(customer, "short")
        bought = purchase(customer, occurred_at=clock.now())
        await events.ingest([bought])
        await settle()
        await events.ingest([refund(bought)])
        await settle()
        assert (await state_of(customer, "short"), await experience_of(customer)) == ("clawed_back", 0)
    await events.ingest([purchase("C1", occurred_at=clock.now())])
    time_machine(days=3)
    await events.ingest([purchase("C2", occurred_at=clock.now())])
    await settle()
    assert [await experience_of(customer) for customer in ("C1", "C2")] == [100, 0]
    assert (await claim("C2", "short")).state == "expired"
