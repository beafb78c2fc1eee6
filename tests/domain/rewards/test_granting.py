"""What a completion earns is given once, when it is due, whatever is told twice or in the wrong order."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import approvals, coupons, customers, events, rewards, tasks
from domain.facts import CompletionLost, RewardDue, RewardsSettled, TaskCompleted
from kit import clock, database
from tests.domain.coupons.stage import MAKER, broken, publish_template
from tests.domain.tasks.making import (
    claims_of,
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
ONE = cumulative("purchase.count", 1)


async def completed(*, due: list[RewardDue] | None = None, customer: str = "C1") -> TaskCompleted:
    """The fact of a completion, as the outbox holds it; the claim is there, its own fact thrown away."""
    await task("one", ONE)
    await events.ingest([purchase(customer)])
    await database.execute("DELETE FROM outbox")
    [claim] = await claims_of(customer, "one")
    given = [RewardDue("experience", None, 100)] if due is None else due
    return TaskCompleted(claim["id"], 1, claim["customer_id"], "one", "一", given, clock.now())


async def react(verb: Any, *facts: Any) -> None:
    async with database.transaction() as connection:
        await verb(connection, list(facts))


async def grants() -> list[tuple[int, int, str, str]]:
    rows = await database.fetch("SELECT round, position, kind, state FROM reward_grant ORDER BY round, position")
    return [tuple(row) for row in rows]


async def test_a_completion_grants_every_reward_and_the_claim_is_rewarded() -> None:
    await publish_template("free7", cost_fen=350)
    await task("one", ONE, rewards=[{"experience": 100}, {"coupon": "free7"}, {"experience": 5}])
    await events.ingest([purchase()])
    assert await state_of("C1", "one") == "completed"
    await settle()
    assert await state_of("C1", "one") == "rewarded"
    assert await grants() == [
        (1, 1, "experience", "granted"),
        (1, 2, "coupon", "granted"),
        (1, 3, "experience", "granted"),
    ]
    assert await experience_of("C1") == 105
    assert await database.fetchval("SELECT cost_fen FROM reward_grant WHERE kind = 'coupon'") == 350
    assert await database.fetchval("SELECT count(*) FROM coupon WHERE state = 'unused'") == 1


async def test_without_rewards_a_completed_claim_is_rewarded_with_nothing() -> None:
    await task("one", ONE)
    await events.ingest([purchase()])
    await settle()
    assert (await state_of("C1", "one"), await grants()) == ("rewarded", [])


async def test_the_same_fact_told_again_grants_nothing_more() -> None:
    fact = await completed()
    await react(rewards.grant, fact, fact)
    await react(rewards.grant, fact)
    assert (await grants(), await experience_of("C1")) == ([(1, 1, "experience", "granted")], 100)


async def test_the_same_fact_told_at_once_by_two_relays_grants_once() -> None:
    fact = await completed(due=[RewardDue("experience", None, 100), RewardDue("experience", None, 7)])
    await asyncio.gather(*(react(rewards.grant, fact) for _ in range(6)))
    assert await experience_of("C1") == 107


async def test_a_completion_lost_before_it_was_granted_grants_nothing() -> None:
    fact = await completed()
    await react(rewards.claw_back, CompletionLost(fact.claim_id, 1, fact.customer_id))
    await react(rewards.grant, fact)
    assert await experience_of("C1") == 0
    assert [grant for grant in await grants() if grant[3] != "cancelled"] == []
    await react(rewards.grant, TaskCompleted(**{**_parts(fact), "round": 2}))
    assert await experience_of("C1") == 100


async def test_a_loss_told_while_the_grant_is_being_made_waits_for_it_and_takes_it_back() -> None:
    fact = await completed()
    loss = CompletionLost(fact.claim_id, 1, fact.customer_id)
    await overtaken(lambda connection: rewards.grant(connection, [fact]), lambda: react(rewards.claw_back, loss))
    assert (await experience_of("C1"), (await grants())[-1][3]) == (0, "clawed_back")


async def test_a_loss_and_the_settlement_at_once_settle_nothing(time_machine: TimeMachine) -> None:
    await task("one", ONE, rewards=[{"experience": 100}], settle_after_days=1)
    await events.ingest([purchase()])
    await settle()
    [claim] = await claims_of("C1", "one")
    loss = CompletionLost(claim["id"], 1, claim["customer_id"])
    time_machine(days=2)
    assert await overtaken(lambda connection: rewards.claw_back(connection, [loss]), rewards.settle_due) == 0
    assert (await experience_of("C1"), (await grants())[-1][3]) == (0, "cancelled")


async def test_that_the_first_round_was_settled_says_nothing_of_the_second() -> None:
    await task("one", ONE, rewards=[{"experience": 100}], settle_after_days=1)
    bought = purchase()
    for batch in ([bought], [refund(bought)], [purchase()]):
        await events.ingest(batch)
    [claim] = await claims_of("C1", "one")
    assert (claim["state"], claim["round"]) == ("completed", 2)
    for round, state in ((1, "completed"), (2, "rewarded")):
        await react(tasks.mark_rewarded, RewardsSettled(claim["id"], round, claim["customer_id"]))
        assert await state_of("C1", "one") == state


async def test_rewards_wait_until_they_settle(time_machine: TimeMachine) -> None:
    await publish_template("free7")
    await task("one", ONE, rewards=[{"experience": 100}, {"coupon": "free7"}], settle_after_days=7)
    await events.ingest([purchase(), purchase("C2")])
    await settle()
    time_machine(days=6, hours=23)
    assert await rewards.settle_due() == 0
    assert (await state_of("C1", "one"), await experience_of("C1")) == ("completed", 0)
    time_machine(hours=2)
    assert await rewards.settle_due() == 4
    assert await rewards.settle_due() == 0
    await settle()
    assert [await state_of(customer, "one") for customer in ("C1", "C2")] == ["rewarded", "rewarded"]
    assert [await experience_of(customer) for customer in ("C1", "C2")] == [100, 100]


async def test_two_workers_settle_each_grant_once(time_machine: TimeMachine) -> None:
    await publish_template("free7")
    await task("one", ONE, rewards=[{"experience": 100}, {"coupon": "free7"}], settle_after_days=1)
    names = [f"C{number}" for number in range(20)]
    await events.ingest([purchase(name) for name in names])
    await settle()
    time_machine(days=1, hours=1)
    while any(await asyncio.gather(*(rewards.settle_due() for _ in range(3)))):
        pass
    assert [await experience_of(name) for name in names] == [100] * 20
    assert await database.fetchval("SELECT count(*) FROM coupon") == 20
    assert await broken() == {}


async def test_a_coupon_that_is_out_of_stock_fails_and_the_rest_is_granted() -> None:
    await publish_template("rare", stock=1)
    await task("one", ONE, rewards=[{"coupon": "rare"}, {"experience": 100}])
    for customer in ("C1", "C2"):
        await events.ingest([purchase(customer)])
        await settle()
    assert [await state_of(customer, "one") for customer in ("C1", "C2")] == ["rewarded", "rewarded"]
    assert await experience_of("C2") == 100
    rows = await database.fetch(
        "SELECT state, failure, coupon_id, cost_fen FROM reward_grant WHERE kind = 'coupon' ORDER BY id"
    )
    assert rows[0]["state"] == "granted"
    assert tuple(rows[1]) == ("failed", "coupon.out_of_stock", None, 0)
    assert await broken() == {}


async def test_a_failed_grant_stays_failed_though_the_fact_is_told_again() -> None:
    fact = await completed(due=[RewardDue("coupon", "rare", 1)])
    await react(rewards.grant, fact)
    await publish_template("rare")
    await react(rewards.grant, fact)
    rows = await database.fetch("SELECT state, failure FROM reward_grant")
    assert [tuple(row) for row in rows] == [("failed", "coupon.not_offered")]
    assert await database.fetchval("SELECT count(*) FROM coupon") == 0


async def test_a_template_that_ended_before_settlement_fails_the_grant(time_machine: TimeMachine) -> None:
    await publish_template("free7")
    await task("one", ONE, rewards=[{"coupon": "free7"}], settle_after_days=1)
    await events.ingest([purchase()])
    await settle()
    await approvals.end(coupons.TEMPLATES, "free7", MAKER)
    time_machine(days=2)
    await rewards.settle_due()
    assert await database.fetchval("SELECT failure FROM reward_grant") == "coupon.not_offered"
    assert await state_of("C1", "one") == "rewarded"


async def test_settlement_is_counted_from_the_completion() -> None:
    await task("one", ONE, rewards=[{"experience": 1}], settle_after_days=3)
    await events.ingest([purchase()])
    await settle()
    [claim] = await claims_of("C1", "one")
    settles_at = await database.fetchval("SELECT settles_at FROM reward_grant")
    assert settles_at == claim["completed_at"] + timedelta(days=3)


async def test_nobody_is_granted_what_another_completed() -> None:
    await task("one", ONE, rewards=[{"experience": 100}])
    await events.ingest([purchase("C1")])
    await customers.ids_of(["C2"])
    await settle()
    assert [await experience_of(customer) for customer in ("C1", "C2")] == [100, 0]


def _parts(fact: TaskCompleted) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__struct_fields__}
