"""What a completion promises is reserved then, spent when it is given, and released when it comes to nothing."""

import asyncio
from typing import Any

import pytest

from domain import customers, events, rewards, statistics
from domain.events import Event
from domain.rewards.give import give as give_grants
from kit import database
from tests.domain.benefits.stage import benefit
from tests.domain.campaigns.stage import borrow, campaign, conclude, holds, pots, spent
from tests.domain.coupons.stage import MAKER, new_customers, publish_template
from tests.domain.experience.level_stage import earn, gifts, table
from tests.domain.messages.stage import inbox_of, template
from tests.domain.tasks.making import cumulative, purchase, refund, settle, state_of, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1)
FREE7 = {"campaign": "autumn", "cost_fen": 350, "per_person": None}


async def promised(total_fen: int = 1_000, customer: str = "C1", **more: Any) -> Event:
    """A purchase that has earned its customer a coupon for 350 fen, given at once unless told otherwise."""
    await campaign(total_fen)
    await publish_template("free7", **FREE7)
    await task("one", ONE, **{"rewards": [{"coupon": "free7"}], **more})
    bought = purchase(customer)
    await tell(bought)
    return bought


async def tell(*told: Event) -> None:
    await events.ingest(list(told))
    await settle()


async def give_what_is_due(time_machine: TimeMachine, days: int = 4) -> None:
    time_machine(days=days)
    while await rewards.settle_due():
        pass
    await settle()


async def grants() -> list[tuple[Any, ...]]:
    rows = await database.fetch("SELECT kind, state, failure, cost_fen FROM reward_grant ORDER BY id")
    return [tuple(row) for row in rows]


async def test_it_is_reserved_at_the_completion_and_spent_when_it_is_given(time_machine: TimeMachine) -> None:
    await promised(settle_after_days=3)
    assert await spent() == (350, 0)
    await holds()
    await give_what_is_due(time_machine)
    assert (await spent(), await state_of("C1", "one")) == ((0, 350), "rewarded")
    await holds()


async def test_a_reward_the_budget_refuses_fails_alone() -> None:
    await template("rewarded", title="{{task}}", body="{{reward}}")
    await promised(
        500,
        rewards=[{"coupon": "free7"}, {"experience": 5}, {"coupon": "free7"}],
        messages={"rewarded": "rewarded"},
    )
    assert await grants() == [
        ("coupon", "granted", None, 350),
        ("experience", "granted", None, 0),
        ("coupon", "failed", "budget.exhausted", 0),
    ]
    assert await state_of("C1", "one") == "rewarded"
    assert [message.body for message in await inbox_of("C1")] == ["7天免息券、5经验值"]
    await holds()


async def test_where_nothing_can_be_promised_the_claim_settles_at_once_and_nothing_is_announced() -> None:
    await template("rewarded", title="{{task}}", body="{{reward}}")
    await promised(100, settle_after_days=3, messages={"rewarded": "rewarded"})
    assert await grants() == [("coupon", "failed", "budget.exhausted", 0)]
    assert await state_of("C1", "one") == "rewarded"
    assert await inbox_of("C1") == []
    await holds()


async def test_who_completes_first_is_served_first_though_all_are_given_later(time_machine: TimeMachine) -> None:
    await promised(700, settle_after_days=3)
    await tell(purchase("C2"))
    await tell(purchase("C3"))
    assert [state for _, state, _, _ in await grants()] == ["pending", "pending", "failed"]
    await give_what_is_due(time_machine)
    assert await spent() == (0, 700)
    await holds()


async def test_a_completion_lost_before_it_settles_gives_everything_back() -> None:
    await benefit("coffee", codes=1, cost_fen=200)
    bought = await promised(settle_after_days=3, rewards=[{"coupon": "free7"}, {"benefit": "coffee"}])
    await tell(refund(bought))
    assert await spent() == (0, 0)
    await tell(purchase())
    assert await spent() == (350, 0)
    await holds()


@pytest.mark.parametrize("used", [True, False])
async def test_clawed_back_it_comes_back_unless_it_was_used(used: bool) -> None:
    bought = await promised()
    coupon_id = await database.fetchval("SELECT id FROM coupon")
    if used:
        await conclude(await borrow(coupon_id), disbursed=True)
    await tell(refund(bought))
    assert await spent() == (0, 350 if used else 0)
    assert (await statistics.task_report(MAKER, "one")).cost_fen == (350 if used else 0)
    await holds()


@pytest.mark.parametrize("disbursed", [True, False])
async def test_clawed_back_in_a_loan_the_loan_decides(disbursed: bool) -> None:
    bought = await promised()
    loan = await borrow(await database.fetchval("SELECT id FROM coupon"))
    await tell(refund(bought))
    assert await spent() == (0, 350)
    await holds()
    await conclude(loan, disbursed=disbursed)
    await settle()
    assert await spent() == (0, 350 if disbursed else 0)
    await holds()


async def test_what_cannot_be_given_after_all_is_released(time_machine: TimeMachine) -> None:
    await promised(settle_after_days=3)
    await tell(purchase("C2"))
    await publish_template("free7", **FREE7, stock=1)
    await give_what_is_due(time_machine)
    assert await grants() == [("coupon", "granted", None, 350), ("coupon", "failed", "coupon.out_of_stock", 0)]
    assert await spent() == (0, 350)
    await holds()


async def test_what_pays_a_debt_is_released() -> None:
    bought = await promised(clawback={"used": "deduct"})
    await conclude(await borrow(await database.fetchval("SELECT id FROM coupon")), disbursed=True)
    await tell(refund(bought))
    await tell(purchase())
    assert [state for _, state, _, _ in await grants() if state != "cancelled"] == ["clawed_back", "withheld"]
    assert await spent() == (0, 350)
    assert (await statistics.task_report(MAKER, "one")).cost_fen == 350
    await holds()


async def test_the_price_is_that_of_the_completion(time_machine: TimeMachine) -> None:
    await promised(settle_after_days=3)
    await publish_template("free7", **{**FREE7, "cost_fen": 900})
    await give_what_is_due(time_machine)
    assert (await grants(), await spent()) == ([("coupon", "granted", None, 350)], (0, 350))
    await holds()


@pytest.mark.parametrize("moved_to", [None, "spring"])
async def test_a_promise_is_kept_where_it_was_made(time_machine: TimeMachine, moved_to: str | None) -> None:
    await promised(settle_after_days=3)
    await campaign(1_000, "spring")
    await publish_template("free7", **{**FREE7, "campaign": moved_to})
    await give_what_is_due(time_machine)
    assert await spent() == (0, 350)
    await holds()


async def test_a_promise_made_before_there_was_a_budget_is_paid_from_it_when_it_is_given(
    time_machine: TimeMachine,
) -> None:
    await campaign(None)
    await publish_template("free7", **FREE7)
    await task("one", ONE, rewards=[{"coupon": "free7"}], settle_after_days=3)
    await tell(purchase(), purchase("C2"))
    await campaign(350)
    await give_what_is_due(time_machine)
    assert await grants() == [("coupon", "granted", None, 350), ("coupon", "failed", "budget.exhausted", 0)]
    assert await spent() == (0, 350)
    await holds()


async def test_gifts_of_levels_are_spent_as_well() -> None:
    await campaign(350)
    await publish_template("free7", **FREE7)
    await benefit("coffee", codes=1, campaign="autumn", cost_fen=1)
    await table({1: [{"coupon": "free7"}, {"benefit": "coffee"}]})
    [someone] = await new_customers()
    await earn(someone, 100)
    assert [gift[2:] for gift in await gifts()] == [
        ("coupon", "granted", None),
        ("benefit", "failed", "budget.exhausted"),
    ]
    assert await spent() == (0, 350)
    await holds()


async def test_many_completions_and_losses_at_once_leave_the_budget_exact() -> None:
    await campaign(350 * 7)
    await benefit("coffee", codes=40, campaign="autumn", cost_fen=350)
    await publish_template("free7", **FREE7)
    await task("one", ONE, rewards=[{"coupon": "free7"}, {"benefit": "coffee"}])
    bought = [purchase(f"C{number}") for number in range(12)]
    await customers.ids_of([one.customer_no for one in bought])
    await asyncio.gather(*(events.ingest([one]) for one in bought))
    await asyncio.gather(settle(), settle(), settle())
    assert await spent() == (0, 350 * 7)
    await holds()
    await asyncio.gather(*(events.ingest([refund(one)]) for one in bought[:6]), settle(), settle())
    await settle()
    await holds()
    rows = await database.fetch("SELECT state, count(*) FROM reward_grant WHERE kind <> 'closed' GROUP BY state")
    given = {row[0]: row[1] for row in rows}
    assert await spent() == (0, 350 * given.get("granted", 0))
    assert given["granted"] + given.get("clawed_back", 0) == 7


async def test_rewards_paid_by_several_campaigns_do_not_wait_for_each_other_in_a_circle(
    time_machine: TimeMachine,
) -> None:
    for code in ("a", "b"):
        await campaign(10**6, code)
        await publish_template(f"coupon-{code}", **{**FREE7, "campaign": code})
        await benefit(f"benefit-{code}", stock_mode="unlimited", campaign=code, cost_fen=5)
    for mcc, rewarded in (("5541", ("coupon-b", "benefit-a")), ("5411", ("coupon-a", "benefit-b"))):
        gives = [{"coupon": rewarded[0]}, {"benefit": rewarded[1]}]
        once = cumulative("purchase.count", 1, mcc={"in": [mcc]})
        await task(f"one-{mcc}", once, rewards=gives, settle_after_days=1)
    await tell(*(purchase(f"C{number}", mcc="5541" if number % 2 else "5411") for number in range(16)))
    time_machine(days=2)

    async def give(customer_id: int) -> None:
        async with database.transaction() as connection:
            await customers.lock(connection, [customer_id])
            due = await connection.fetch("SELECT * FROM reward_grant WHERE customer_id = $1 ORDER BY id", customer_id)
            await give_grants(connection, due)

    rows = await database.fetch("SELECT DISTINCT customer_id FROM reward_grant")
    await asyncio.gather(*(give(row[0]) for row in rows))
    assert {state for _, state, _, _ in await grants()} == {"granted"}
    assert ((await pots("a"))[""], (await pots("b"))[""]) == ((0, 8 * 355), (0, 8 * 355))
    await holds()
