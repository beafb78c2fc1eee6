"""Several at once, and what goes wrong in the middle: everybody has everything once, and one hinders nobody else."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from domain import customers, journeys
from domain.facts import EventsStored
from domain.journeys.book import Run
from kit import database as db
from kit.database import Connection
from tests.domain.campaigns.stage import campaign
from tests.domain.coupons.stage import new_customers, publish_template
from tests.domain.journeys.stage import (
    END,
    GIFT,
    buys,
    count,
    journey,
    opens,
    path_of,
    sound,
    tell,
    things,
    work,
)
from tests.domain.tasks.making import overtaken
from tests.domain.tasks.time_machine import TimeMachine

WAITS = {
    "wait": {"type": "wait_for", "event": "app_login", "timeout": {"days": 1}, "next": "gift", "timed_out": "end"},
    **GIFT,
}


async def test_a_budget_that_ends_in_the_middle_ends_for_the_rest(database: str) -> None:
    await campaign(1_000)
    await things(stock=100)
    await publish_template("paid", campaign="autumn", cost_fen=300, stock=100)
    steps = {
        "gift": {"type": "coupon", "coupon": "paid", "next": "end", "otherwise": "tell"},
        "tell": {"type": "message", "template": "hello", "next": "end"},
        "end": END,
    }
    await journey(steps, campaign="autumn")
    await tell(*(buys(f"C{number}") for number in range(8)))
    await work()
    exits = sorted([(await path_of(f"C{number}"))[0] for number in range(8)])
    assert exits == ["gift:done"] * 3 + ["gift:failed!budget.exhausted"] * 5
    row = await db.fetchrow("SELECT reserved_fen, committed_fen FROM budget_pot WHERE branch = ''")
    assert tuple(row or ()) == (0, 900)
    assert await count("message") == 5
    await sound()


async def test_workers_share_the_work_and_nobody_gets_two(database: str) -> None:
    await things(stock=1_000)
    await journey(GIFT)
    numbers = [f"W{number}" for number in range(400)]
    await tell(*(buys(number) for number in numbers))

    async def worker() -> int:
        return sum([await journeys.work_due(50) for _ in range(12)])

    led = await asyncio.gather(*(worker() for _ in range(4)))
    assert sum(led) + await work() == 400
    assert sum(1 for one in led if one) > 1
    assert (await count("coupon"), await count("message"), await count("journey_path")) == (400, 400, 1_200)
    await sound()


async def test_events_and_workers_at_once_lose_nothing(database: str, time_machine: TimeMachine) -> None:
    await things(stock=1_000)
    await journey(WAITS, reentry="after_end")
    numbers = [f"E{number}" for number in range(60)]
    for _ in range(3):
        await tell(*(buys(number) for number in numbers))
        logins = (tell(*(opens(number) for number in numbers[place::6])) for place in range(6))
        await asyncio.gather(*logins, *(journeys.work_due(20) for _ in range(6)))
        await work()
        assert await count("journey_run WHERE state = 'active'") == 0
        time_machine(minutes=1)
    assert await count("journey_run WHERE turn = 3") == 60
    assert await count("journey_path WHERE exit = 'happened'") == 180
    await sound()


async def test_what_happens_in_time_counts_also_when_the_worker_comes_first(
    database: str, time_machine: TimeMachine
) -> None:
    """The event is being stored when the worker would time the wait out: it passes over that customer."""
    await things()
    await journey(WAITS)
    await tell(buys("C1"))
    customer_id = await customers.id_of("C1")

    async def hold(connection: Connection) -> None:
        await customers.lock(connection, [customer_id])
        await journeys.hear_events(connection, [EventsStored({customer_id: [opens("C1")]}, set())])
        time_machine(days=2)

    assert await overtaken(hold, journeys.work_due) == 0
    await work()
    assert (await path_of("C1"))[0] == "wait:happened"


async def test_a_run_that_breaks_waits_alone(
    database: str, time_machine: TimeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await things(stock=100)
    await journey(GIFT)
    numbers = [f"B{number}" for number in range(5)]
    await tell(*(buys(number) for number in numbers))
    broken = await customers.id_of("B2")
    module = sys.modules["domain.journeys.work_due"]
    whole = module.walk

    async def walk(connection: Connection, runs: Sequence[Run], now: Any) -> None:
        await whole(connection, runs, now)
        if any(run.customer_id == broken for run in runs):
            raise RuntimeError("a bug")

    monkeypatch.setattr(module, "walk", walk)
    assert await journeys.work_due() == 4
    assert await count("coupon") == 4
    assert await path_of("B2") == ["gift"]
    assert await journeys.work_due() == 0
    monkeypatch.setattr(module, "walk", whole)
    time_machine(minutes=11)
    assert await journeys.work_due() == 1
    assert (await path_of("B2"))[-1] == "(end)"
    await sound()


async def test_a_day_with_nobody_is_done(database: str, time_machine: TimeMachine) -> None:
    await new_customers(3)
    await journey({"end": END}, trigger={"date": "card_day", "hour": 0})
    time_machine(hours=24 + 1)
    while await journeys.enter_by_date():
        pass
    assert await count("journey_run") == 0
    assert await count("journey_day WHERE done_at IS NULL") == 0
