"""What becomes of runs when their journey is paused, ended or replaced, and when their customer leaves."""

import pytest

from domain import approvals, customers, journeys, personal_data
from domain.journeys import JOURNEYS
from domain.personal_data.collect import collect
from kit import database as db
from tests.domain.coupons.stage import MAKER
from tests.domain.journeys.stage import (
    END,
    GIFT,
    WAITS,
    buys,
    enter_audience,
    journey,
    opens,
    path_of,
    sound,
    tell,
    things,
    work,
)
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("vip")


async def test_a_paused_journey_stands_still_and_goes_on_where_it_was(database: str, time_machine: TimeMachine) -> None:
    waiting = {
        "wait": {"type": "wait_for", "event": "app_login", "timeout": {"days": 3}, "next": "end", "timed_out": "end"},
        "end": END,
    }
    await journey(waiting)
    await tell(buys("C1"), buys("C2"))
    await approvals.pause(JOURNEYS, "care", MAKER)
    await tell(opens("C1"), buys("C3"))
    time_machine(days=1)
    assert await work() == 0
    assert [await path_of(f"C{number}") for number in (1, 2, 3)] == [["wait"], ["wait"], []]
    await approvals.resume(JOURNEYS, "care", MAKER)
    await work()
    assert [(await path_of("C1"))[0], (await path_of("C2"))[0]] == ["wait:happened", "wait"]
    await sound()


async def test_an_ended_journey_ends_its_runs(database: str) -> None:
    await journey(WAITS)
    await journey(WAITS, "other")
    await tell(buys("C1"), buys("C2"))
    await approvals.end(JOURNEYS, "care", MAKER)
    assert await journeys.end_over() == 2
    assert await journeys.end_over() == 0
    assert await path_of("C1") == ["wait:stopped!journey_ended", "(journey_ended)"]
    assert await path_of("C1", "other") == ["wait"]
    await sound()


async def test_runs_stay_on_their_version(database: str, time_machine: TimeMachine) -> None:
    await things()
    await journey(WAITS)
    await tell(buys("C1"))
    await journey({"wait": {"type": "wait", "days": 1, "next": "gift"}, **GIFT})
    await tell(buys("C2"))
    time_machine(days=1, minutes=1)
    await work()
    assert len(await path_of("C1")) == 3
    assert len(await path_of("C2")) == 5
    await sound()


async def test_who_leaves_us_leaves_their_journeys(database: str, time_machine: TimeMachine) -> None:
    await journey(WAITS)
    await tell(buys("C1"), buys("C2"))
    gone = await customers.id_of("C1")
    await personal_data.request_deletion(gone)
    time_machine(seconds=personal_data.COOLING_OFF.total_seconds() + 1)
    assert await personal_data.erase_due() == 1
    assert await path_of(gone) == ["wait:stopped!account_erased", "(account_erased)"]
    assert await path_of("C2") == ["wait"]
    await journey(WAITS, "other", trigger={"audience_entered": "vip"})
    await enter_audience("vip", gone)
    assert await path_of(gone, "other") == []
    await sound()


async def test_a_customers_file_has_their_way(database: str, time_machine: TimeMachine) -> None:
    await journey(WAITS)
    await tell(buys("C1"), buys("C2"))
    time_machine(days=2)
    await work()
    async with db.transaction() as connection:
        found = await collect(connection, await customers.id_of("C1"))
    ways = [(one["journey"], one["name"], one["state"], one["step"], one["exit"]) for one in found["journeys"]]
    assert ways == [("care", "关怀", "ended", "wait", "waited"), ("care", "关怀", "ended", "end", "ended")]
