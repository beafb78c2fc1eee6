"""Chains and pools at work: what a completion pushes, to whom, and never twice."""

import asyncio
from typing import Any

import pytest

from domain import approvals, customers, events, experience, outbox, tasks
from domain.facts import TaskCompleted
from domain.reconciliation import reconcile
from domain.tasks.follow_when import bucket_of
from kit import clock, database
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.messages.stage import TASK_VARIABLES, inbox_of, template
from tests.domain.tasks.following import NEVER, ONCE, chain, complete, give, offer, offers_of, page_of, pool, step
from tests.domain.tasks.making import (
    claim,
    claims_of,
    cumulative,
    overtaken,
    purchase,
    refund,
    settle,
    state_of,
    task,
    told,
)
from tests.domain.tasks.time_machine import TimeMachine

EXPIRING = [{"name": "task"}, {"name": "expires_on", "type": "date"}]
pytestmark = pytest.mark.usefixtures("database")


async def test_completing_a_step_claims_the_next_one_now(time_machine: TimeMachine) -> None:
    await step("second", claim={"days_to_finish": 7})
    await task("first", ONCE, follow_ups=chain("second"))
    time_machine(days=3)
    before = clock.now()
    await complete()
    [claimed] = await claims_of("C1", "second")
    assert (claimed["state"], claimed["claimed_at"] >= before) == ("claimed", True)
    assert (claimed["expires_at"] - claimed["claimed_at"]).days == 7
    assert await offers_of("C1") == {"second": "claimed"}
    assert await reconcile() == []


async def test_a_chain_runs_on_through_steps_that_look_back() -> None:
    await step("third", NEVER)
    await step("second", cumulative("purchase.amount", 5_000), follow_ups=chain("third"))
    await task("first", ONCE, follow_ups=chain("second"))
    await complete(amount_fen=6_000)
    assert [await state_of("C1", code) for code in ("first", "second", "third")] == ["rewarded", "rewarded", "claimed"]


async def test_a_step_counts_only_from_its_claim_where_its_window_says_so() -> None:
    await step("second", cumulative("purchase.count", 1, "claim"))
    await task("first", ONCE, follow_ups=chain("second"))
    await complete()
    assert await state_of("C1", "second") == "claimed"
    await events.ingest([purchase(occurred_at=clock.now())])
    assert await state_of("C1", "second") == "completed"


async def test_a_step_that_is_running_or_done_is_not_claimed_again() -> None:
    await step("second")
    await step("done", ONCE)
    await task("first", ONCE, follow_ups=pool(give("second"), offer("done")))
    await customers.ids_of(["C1"])
    await claim("C1", "second")
    await claim("C1", "done")
    await complete()
    assert len(await claims_of("C1", "second")) == len(await claims_of("C1", "done")) == 1
    assert await offers_of("C1") == {}


@pytest.mark.parametrize(
    "away",
    [
        {"visible": {"stages": ["credit"]}},
        {"visible": {"min_level": 3}},
        {"claim": {"until": "2020-01-01T00:00:00+08:00"}},
    ],
)
async def test_what_a_customer_cannot_have_is_neither_claimed_nor_offered(away: dict[str, Any]) -> None:
    for code in ("claimed", "recommended"):
        await step(code, **away)
    await task("first", ONCE, follow_ups=pool(give("claimed"), offer("recommended")))
    await complete()
    assert (await claims_of("C1", "claimed"), await offers_of("C1")) == ([], {})


async def test_a_paused_follow_up_is_not_pushed() -> None:
    await step("second")
    await task("first", ONCE, follow_ups=chain("second"))
    await approvals.pause(tasks.TASKS, "second", MAKER)
    await complete()
    assert await offers_of("C1") == {}


async def test_places_bind_a_chain_too() -> None:
    await step("second", claim={"places": 1})
    await task("first", ONCE, follow_ups=chain("second"))
    await events.ingest([purchase("C1"), purchase("C2")])
    await settle()
    assert sorted([await state_of("C1", "second") or "", await state_of("C2", "second") or ""]) == ["", "claimed"]
    assert await database.fetchval("SELECT count(*) FROM task_offer") == 1
    assert await reconcile() == []


async def test_a_pool_takes_its_rules_in_order_until_so_many_offers_are_open() -> None:
    for code in ("a", "b", "c", "d", "e"):
        await step(code)
    rules = [offer("a", stage="credit"), offer("b"), offer("c"), offer("d"), give("e")]
    await task("first", ONCE, follow_ups=pool(*rules, open_offers=2))
    await complete()
    assert await offers_of("C1") == {"b": "open", "c": "open", "e": "claimed"}
    assert (await page_of("C1"))[:2] == [("b", True), ("c", True)]
    assert ("a", False) in await page_of("C1")


async def test_a_completion_lost_before_anybody_reacted_pushes_nothing() -> None:
    await step("second")
    await task("first", ONCE, follow_ups=chain("second"))
    bought = purchase()
    await events.ingest([bought])
    await events.ingest([refund(bought)])
    await settle()
    assert (await offers_of("C1"), await claims_of("C1", "second")) == ({}, [])


async def test_the_same_fact_told_again_pushes_nothing_twice(time_machine: TimeMachine) -> None:
    await step("daily", claim={"cycle": "daily"})
    await step("next")
    await task("first", ONCE, follow_ups=pool(give("daily"), offer("next")))
    await complete()
    [claimed] = await claims_of("C1", "first")
    fact = TaskCompleted(claimed["id"], 1, claimed["customer_id"], "first", "first", [], clock.now())
    time_machine(days=2)  # the daily step could be claimed anew
    for _ in range(2):
        async with database.transaction() as connection:
            await tasks.follow_up(connection, [fact, fact])
    assert await offers_of("C1") == {"daily": "claimed", "next": "open"}
    assert len(await claims_of("C1", "daily")) == 1


async def test_many_relays_at_once_push_each_follow_up_once() -> None:
    await step("second")
    await step("next")
    await task("first", ONCE, follow_ups=pool(give("second"), offer("next")))
    people = [f"C{number}" for number in range(1, 31)]
    await events.ingest([purchase(who) for who in people])

    async def relay() -> None:
        while await outbox.relay_batch(5):
            pass

    await asyncio.gather(*(relay() for _ in range(5)))
    await settle()
    assert {who: await offers_of(who) for who in people} == {
        who: {"second": "claimed", "next": "open"} for who in people
    }
    assert await reconcile() == []


async def test_rules_ask_for_facts_tags_and_the_way_it_was_completed(time_machine: TimeMachine) -> None:
    content = {"any": [cumulative("purchase.count", 1, mcc={"in": ["5541"]}), cumulative("purchase.count", 2)]}
    whens: dict[str, dict[str, Any]] = {
        "base": {"stage": ["base", "payer"]},
        "wealthy": {"stage": "wealth"},
        "beginner": {"level": {"at_most": 0}},
        "vip": {"status": {"tag.vip": True}},
        "not-vip": {"status": {"tag.vip": False}},
        "fuel": {"completed": {"conditions": ["content.any[0]"]}},
        "twice": {"completed": {"conditions": [1]}},
        "soon": {"completed": {"within_days": 2}},
        "late": {"completed": {"within_days": 1}},
        "first-turn": {"completed": {"turn": {"at_most": 1}}},
        "second-turn": {"completed": {"turn": {"at_least": 2}}},
        "shanghai": {"branch": "SH", "card_product": ["gold"]},
    }
    for code in whens:
        await step(code)
    await step(
        "start", content, follow_ups=pool(*(offer(code, **when) for code, when in whens.items()), open_offers=20)
    )
    await events.ingest([told("tag.vip", False, occurred_at=clock.now()), told("tag.vip", True)])
    await events.ingest([told("tag.vip", True, occurred_at=clock.now())])
    await database.execute("UPDATE customer SET branch = 'SH', card_product = 'gold'")
    await claim("C1", "start")
    time_machine(days=1.5)
    await complete()
    assert set(await offers_of("C1")) == {"base", "beginner", "vip", "fuel", "soon", "first-turn", "shanghai"}


async def test_shares_divide_the_customers_and_always_alike() -> None:
    await step("left")
    await step("right")
    halves = pool(offer("left", share={"from": 0, "to": 50}), offer("right", share={"from": 50, "to": 100}))
    await task("first", ONCE, follow_ups=halves)
    people = [f"C{number}" for number in range(60)]
    await events.ingest([purchase(who) for who in people])
    await settle()
    given = {who: list(await offers_of(who)) for who in people}
    ids = await customers.ids_of(people)
    expected = {who: ["left" if bucket_of("first", ids[who]) < 50 else "right"] for who in people}
    assert given == expected
    assert {"left", "right"} == {one for [one] in given.values()}


async def test_the_level_is_the_one_the_completion_brought() -> None:
    levels = [{"rank": 0, "name": "普通", "threshold": 0}, {"rank": 1, "name": "银卡", "threshold": 100}]
    await publish(experience.LEVEL_TABLES, "default", {"name": "等级", "levels": levels})
    await step("silver")
    await step("plain")
    rules = [offer("silver", level={"at_least": 1}), offer("plain", level={"at_most": 0})]
    await task("first", ONCE, rewards=[{"experience": 100}], follow_ups=pool(*rules))
    await complete()
    assert await offers_of("C1") == {"silver": "open"}


async def test_the_same_fact_in_two_transactions_at_once_pushes_once() -> None:
    await step("second")
    await step("next")
    await task("first", ONCE, follow_ups=pool(give("second"), offer("next")))
    await events.ingest([purchase()])
    [done] = await claims_of("C1", "first")
    fact = TaskCompleted(done["id"], 1, done["customer_id"], "first", "first", [], clock.now())

    async def again() -> None:
        async with database.transaction() as connection:
            await tasks.follow_up(connection, [fact])

    await overtaken(lambda connection: tasks.follow_up(connection, [fact]), again)
    await settle()
    assert await offers_of("C1") == {"second": "claimed", "next": "open"}
    assert len(await claims_of("C1", "second")) == 1


async def test_each_follow_up_brings_its_message_once() -> None:
    await template("next", title="下一步：{{task}}", body="请在{{expires_on}}前完成", variables=EXPIRING)
    await template("offered", title="为你推荐{{task}}", body="{{reward}}", variables=TASK_VARIABLES)
    await step("second", claim={"days_to_finish": 10})
    await step("left", rewards=[{"experience": 5}])
    await step("full", claim={"places": 1})
    await claim_for_somebody("full")
    rules = [give("second") | {"message": "next"}, give("full") | {"message": "next"}]
    await task("first", ONCE, follow_ups=pool(*rules, offer("left") | {"message": "offered"}))
    bought = purchase()
    await events.ingest([bought])
    await settle()
    [claimed] = await claims_of("C1", "second")
    day = clock.business_day(claimed["expires_at"])
    told_once = [
        ("为你推荐left", "5经验值", "/tasks/left"),
        ("下一步：second", f"请在{day.month}月{day.day}日前完成", "/tasks/second"),
    ]
    assert [(one.title, one.body, one.link) for one in await inbox_of("C1")] == told_once
    await events.ingest([refund(bought)])
    await complete()
    assert await offers_of("C1") == {"second": "claimed", "left": "open"}
    assert [(one.title, one.body, one.link) for one in await inbox_of("C1")] == told_once


async def claim_for_somebody(code: str) -> None:
    """Takes a place."""
    await customers.ids_of(["C99"])
    await claim("C99", code)
