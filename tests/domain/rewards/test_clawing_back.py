"""What a lost completion had earned is taken back exactly once, before settlement and after."""

import asyncio

import pytest

from domain import customers, events, rewards
from domain.events import Event
from domain.facts import CompletionLost
from kit import database
from tests.domain.coupons.stage import broken, publish_template
from tests.domain.tasks.making import claims_of, cumulative, experience_of, purchase, refund, settle, state_of, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1)
BOTH = [{"experience": 100}, {"coupon": "free7"}]


async def earned(settle_after_days: int = 0, customer: str = "C1") -> Event:
    """The purchase with which the customer completed a task for points and a coupon."""
    if customer == "C1":
        await publish_template("free7", cost_fen=350, per_person=None)
        await task("one", ONE, rewards=BOTH, settle_after_days=settle_after_days)
    bought = purchase(customer)
    await events.ingest([bought])
    await settle()
    return bought


async def tell(*told: Event) -> None:
    await events.ingest(list(told))
    await settle()


async def lost(customer: str = "C1") -> CompletionLost:
    [claim] = await claims_of(customer, "one")
    return CompletionLost(claim["id"], claim["round"], claim["customer_id"])


async def states_of(kind: str) -> list[str]:
    return [row[0] for row in await database.fetch("SELECT state FROM reward_grant WHERE kind = $1 ORDER BY id", kind)]


async def coupon_states() -> list[str]:
    return [row[0] for row in await database.fetch("SELECT state FROM coupon ORDER BY id")]


async def test_after_settlement_points_and_unused_coupons_are_taken_back() -> None:
    bought = await earned()
    await tell(refund(bought))
    assert (await state_of("C1", "one"), await experience_of("C1")) == ("clawed_back", 0)
    assert (await states_of("experience"), await states_of("coupon")) == (["clawed_back"], ["clawed_back"])
    assert await coupon_states() == ["voided"]
    assert await database.fetchval("SELECT count(*) FROM debt") == 0
    assert await broken() == {}


async def test_however_often_the_refund_is_told_it_is_taken_back_once() -> None:
    bought = await earned()
    back = refund(bought)
    for _ in range(3):
        await tell(back)
    await tell(refund(bought), refund(bought, 1, "chargeback"))
    assert await experience_of("C1") == 0
    assert await database.fetchval("SELECT count(*) FROM experience_entry") == 2


async def test_the_fact_told_again_and_at_once_takes_back_once() -> None:
    bought = await earned()
    await tell(refund(bought))
    fact = await lost()

    async def react() -> None:
        async with database.transaction() as connection:
            await rewards.claw_back(connection, [fact])

    await asyncio.gather(*(react() for _ in range(5)))
    assert await experience_of("C1") == 0
    assert await database.fetchval("SELECT count(*) FROM experience_entry") == 2


async def test_before_settlement_the_grants_are_cancelled_and_never_given(time_machine: TimeMachine) -> None:
    bought = await earned(settle_after_days=7)
    await tell(refund(bought))
    assert await state_of("C1", "one") == "claimed"
    assert (await states_of("experience"), await states_of("coupon")) == (["cancelled"], ["cancelled"])
    time_machine(days=8)
    assert await rewards.settle_due() == 0
    assert (await experience_of("C1"), await coupon_states()) == (0, [])


async def test_a_refund_and_the_settlement_at_once_give_and_take_the_same(time_machine: TimeMachine) -> None:
    names = [f"C{number}" for number in range(1, 16)]
    bought = [await earned(settle_after_days=7, customer=name) for name in names]
    time_machine(days=8)
    telling = [events.ingest([refund(one)]) for one in bought]
    await asyncio.gather(*telling[:8], rewards.settle_due(), *telling[8:], settle(), settle())
    await settle()
    assert [await experience_of(name) for name in names] == [0] * 15
    assert set(await coupon_states()) <= {"voided"}
    assert await rewards.settle_due() == 0


async def test_completing_again_grants_a_second_round() -> None:
    bought = await earned()
    await tell(refund(bought))
    await tell(purchase())
    assert (await state_of("C1", "one"), await experience_of("C1")) == ("rewarded", 100)
    assert await coupon_states() == ["voided", "unused"]
    rows = await database.fetch("SELECT round, state FROM reward_grant WHERE kind = 'experience' ORDER BY round")
    assert [tuple(row) for row in rows] == [(1, "clawed_back"), (2, "granted")]


async def test_lost_and_completed_again_before_anybody_reacted() -> None:
    await publish_template("free7", per_person=None)
    await task("one", ONE, rewards=BOTH)
    bought = purchase()
    for batch in ([bought], [refund(bought)], [purchase()]):
        await events.ingest(batch)
    await settle()
    assert (await state_of("C1", "one"), await experience_of("C1")) == ("rewarded", 100)
    assert sorted(await coupon_states()) in (["unused"], ["unused", "voided"])


async def test_a_balance_may_go_below_zero() -> None:
    bought = await earned()
    customer_id = await customers.id_of("C1")
    await database.execute("UPDATE experience_account SET balance = 0 WHERE customer_id = $1", customer_id)
    await tell(refund(bought))
    assert await database.fetchval("SELECT balance FROM experience_account") == -100


async def test_only_the_one_who_lost_loses() -> None:
    bought = await earned()
    await earned(customer="C2")
    await tell(refund(bought))
    assert [await experience_of(customer) for customer in ("C1", "C2")] == [0, 100]
    assert sorted(await coupon_states()) == ["unused", "voided"]


async def test_a_completion_without_rewards_is_lost_without_a_trace_in_the_books() -> None:
    await task("one", ONE)
    bought = purchase()
    await tell(bought)
    await tell(refund(bought))
    assert await state_of("C1", "one") == "clawed_back"
    assert await database.fetchval("SELECT count(*) FROM experience_entry") == 0
