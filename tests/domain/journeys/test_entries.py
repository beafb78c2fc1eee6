"""Who comes into a journey, when, and how often."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import customers, journeys, outbox, tasks
from domain.campaigns import CAMPAIGNS
from domain.facts import AudienceEntered, CouponUsed, EventsStored
from kit import clock
from kit import database as db
from tests.domain.campaigns.stage import document as campaign_document
from tests.domain.coupons.stage import issue_one, new_customers, publish
from tests.domain.journeys.stage import (
    GIFT,
    ONLY_END,
    WAITS,
    buys,
    count,
    enter_audience,
    journey,
    opens,
    path_of,
    sound,
    tell,
    things,
    work,
)
from tests.domain.tasks.making import cumulative, settle, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("vip")


async def runs_of(customer: str = "C1", code: str = "care") -> int:
    return await count(
        "journey_run r JOIN customer c ON c.id = r.customer_id WHERE c.customer_no = $1 AND r.journey = $2",
        customer,
        code,
    )


@pytest.mark.parametrize(("reentry", "times"), [("never", 1), ("after_end", 3), ({"after_days": 2}, 2)])
async def test_who_was_in_comes_again_as_the_journey_says(
    database: str, time_machine: TimeMachine, reentry: Any, times: int
) -> None:
    await journey(ONLY_END, reentry=reentry)
    for _ in range(3):
        await tell(buys())
        await work()
        time_machine(hours=30)
    assert await runs_of() == times
    await sound()


async def test_nobody_comes_in_twice_at_a_time(database: str) -> None:
    await journey(WAITS, reentry="after_end")
    await tell(buys(), buys())
    await tell(buys())
    assert await runs_of() == 1


async def test_at_the_same_moment_everybody_comes_in_once(database: str) -> None:
    await journey(WAITS, trigger={"audience_entered": "vip"})
    ids = await new_customers(200)
    shuffled = [ids[place:] + ids[:place] for place in range(0, 200, 25)]
    await asyncio.gather(*(enter_audience("vip", *some) for some in shuffled))
    assert await count("journey_run") == 200
    await sound()


async def test_the_audience_lets_in_by_the_relay(database: str) -> None:
    await journey(WAITS, trigger={"audience_entered": "vip"})
    ids = await new_customers(3)
    async with db.transaction() as connection:
        await outbox.record(connection, [AudienceEntered("vip", tuple(ids[:2])), AudienceEntered("other", tuple(ids))])
    await settle()
    assert [len(await path_of(one)) for one in ids] == [1, 1, 0]


async def test_an_event_must_fit_and_must_not_be_older_than_the_journey(database: str) -> None:
    await journey(
        WAITS, trigger={"event": "purchase", "where": {"mcc": {"in": ["5541"]}, "amount": {"at_least": 5000}}}
    )
    await tell(
        buys("C1", amount_fen=5_000),
        buys("C2", amount_fen=4_999),
        buys("C3", mcc="5812"),
        buys("C4", occurred_at=clock.now() - timedelta(hours=1)),
        opens("C5"),
    )
    assert [await runs_of(f"C{number}") for number in range(1, 6)] == [1, 0, 0, 0, 0]


async def test_a_completed_task_lets_in_and_is_a_goal(database: str) -> None:
    await task("fuel", cumulative("purchase.count", 1))
    await task("more", cumulative("purchase.count", 2))
    await journey(WAITS, trigger={"task_completed": "fuel"}, goal={"task_completed": "more", "within_days": 3})
    await tell(buys())
    assert await runs_of() == 1
    assert await count("journey_run WHERE goal_at IS NOT NULL") == 0
    await tell(buys())
    assert await count("journey_run WHERE goal_at IS NOT NULL") == 1


async def test_a_goal_counts_in_time_also_when_the_way_is_over(database: str, time_machine: TimeMachine) -> None:
    await journey(ONLY_END, goal={"event": "app_login", "where": {"channel": {"in": ["ios"]}}, "within_days": 2})
    await tell(buys("C1"), buys("C2"), buys("C3"))
    await work()
    await tell(opens("C2", channel="web"))
    time_machine(days=1)
    await tell(opens("C1", channel="ios"))
    time_machine(days=2)
    await tell(opens("C3", channel="ios"))
    rows = await db.fetch(
        "SELECT c.customer_no FROM journey_run r JOIN customer c ON c.id = r.customer_id WHERE goal_at IS NOT NULL"
    )
    assert [row[0] for row in rows] == ["C1"]
    await sound()


async def test_a_used_coupon_is_a_goal(database: str) -> None:
    await things()
    await journey(GIFT, goal={"coupon_used": "free7", "within_days": 30})
    await tell(buys())
    await work()
    coupon_id = await db.fetchval("SELECT id FROM coupon")
    [somebody] = await new_customers()
    other = await issue_one(somebody, "free7")
    async with db.transaction() as connection:
        await journeys.hear_used(connection, [CouponUsed(coupon_id, 1, 1), CouponUsed(other, 2, 1)])
    assert await count("journey_run WHERE goal_at IS NOT NULL") == 1


async def test_a_branch_lets_its_own_customers_in(database: str) -> None:
    await db.execute(
        "INSERT INTO branch (code, name, parent_id) VALUES ('SH', 's', 'HQ'), ('PD', 'p', 'SH'), ('BJ', 'b', 'HQ')"
    )
    await journey(WAITS)
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE kind = 'journeys'")
    await db.execute("UPDATE revision SET number = number + 1")
    journeys.catalogue._versions.clear()
    ids = await customers.ids_of(["C1", "C2", "C3", "C4"])
    for number, branch in (("C1", "SH"), ("C2", "PD"), ("C3", "BJ")):
        await db.execute("UPDATE customer SET branch = $2 WHERE id = $1", ids[number], branch)
    await tell(*(buys(number) for number in ids))
    assert [await runs_of(number) for number in ids] == [1, 1, 0, 0]


async def test_of_a_campaign_on_trial_only_its_list_comes_in(database: str) -> None:
    await customers.ids_of(["C1", "C2"])
    await publish(CAMPAIGNS, "spring", {**campaign_document(None), "trial": {"customers": ["C1"]}})
    await journey(WAITS, campaign="spring")
    await tell(buys("C1"), buys("C2"))
    assert [await runs_of("C1"), await runs_of("C2")] == [1, 0]


async def test_without_journeys_nothing_is_asked(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events of types no journey hears of cost no statement."""
    await journey(WAITS, trigger={"event": "app_login"})
    await tell(buys())
    asked: list[str] = []
    async with db.transaction() as connection:
        await journeys.catalogue.follow(tasks.catalogue.revision)

        class Watched:
            def __getattr__(self, name: str) -> Any:
                asked.append(name)
                return getattr(connection, name)

        await journeys.hear_events(Watched(), [EventsStored({1: [buys()]}, set())])  # type: ignore[arg-type]
    assert asked == []
