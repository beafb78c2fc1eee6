"""What pools offer: how many, to whom alone, until when, and what a refund takes back."""

import asyncio

import pytest

from domain import approvals, customers, events, outbox, tasks
from domain.facts import CompletionLost
from domain.reconciliation import reconcile
from kit import clock, database
from kit.errors import NotFound
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.following import ONCE, chain, complete, give, offer, offers_of, page_of, pool, step
from tests.domain.tasks.making import (
    claim,
    claims_of,
    cumulative,
    event,
    overtaken,
    purchase,
    refund,
    settle,
    special,
    state_of,
    task,
)
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")


async def test_an_offer_is_taken_up_by_claiming() -> None:
    await step("next")
    await task("first", ONCE, follow_ups=pool(offer("next")))
    await complete()
    await claim("C1", "next")
    assert await offers_of("C1") == {"next": "claimed"}
    assert ("next", False) in await page_of("C1")


async def test_an_offer_is_taken_up_by_the_event_that_claims_it() -> None:
    await task("next", cumulative("purchase.count", 1, "claim", mcc={"in": ["5812"]}))
    await task("first", cumulative("purchase.count", 1, mcc={"in": ["5541"]}), follow_ups=pool(offer("next")))
    await complete()
    assert await offers_of("C1") == {"next": "open"}
    await complete(mcc="5812", occurred_at=clock.now())
    assert await offers_of("C1") == {"next": "claimed"}


async def test_what_is_only_offered_is_there_for_nobody_else() -> None:
    await step("secret", claim={"mode": "offered"})
    await task("first", ONCE, follow_ups=pool(offer("secret")))
    await complete("C1")
    await customers.ids_of(["C2"])
    assert ("secret", True) in await page_of("C1")
    assert await page_of("C2") == [("first", False)]
    with pytest.raises(NotFound, match=r"task\.not_found"):
        await claim("C2", "secret")
    assert (await claim("C1", "secret")).created
    assert not (await claim("C1", "secret")).created


async def test_what_is_only_offered_may_be_a_step_of_a_chain() -> None:
    await step("secret", claim={"mode": "offered"})
    await task("first", ONCE, follow_ups=chain("secret"))
    await complete()
    assert await state_of("C1", "secret") == "claimed"
    assert ("secret", False) in await page_of("C1")


async def test_a_lost_completion_withdraws_what_was_not_taken_up_and_leaves_what_began() -> None:
    for code in ("taken", "left", "begun"):
        await step(code)
    rules = [offer("taken"), offer("left"), give("begun")]
    await task("first", ONCE, follow_ups=pool(*rules))
    bought = purchase()
    await events.ingest([bought])
    await settle()
    await claim("C1", "taken")
    await events.ingest([refund(bought)])
    await settle()
    assert await offers_of("C1") == {"taken": "claimed", "left": "withdrawn", "begun": "claimed"}
    assert await state_of("C1", "begun") == "claimed"
    assert await reconcile() == []


async def test_completing_anew_opens_what_was_withdrawn_and_pushes_nothing_twice(time_machine: TimeMachine) -> None:
    await step("left")
    await step("weekly", claim={"cycle": "weekly"})
    await task("first", ONCE, follow_ups=pool(offer("left"), give("weekly")))
    bought = purchase()
    await events.ingest([bought])
    await settle()
    await events.ingest([refund(bought)])
    await settle()
    time_machine(days=14)
    await complete()
    assert await offers_of("C1") == {"left": "open", "weekly": "claimed"}
    assert len(await claims_of("C1", "weekly")) == 1
    assert await database.fetchval("SELECT round FROM task_offer WHERE task = 'left'") == 2
    assert await reconcile() == []


async def test_the_loss_of_an_earlier_completion_told_late_withdraws_nothing() -> None:
    await step("next")
    await task("first", ONCE, follow_ups=pool(offer("next")))
    bought = purchase()
    await events.ingest([bought])
    await settle()
    await events.ingest([refund(bought)])
    await database.execute("UPDATE outbox SET available_at = available_at + interval '1 hour'")
    await complete()
    assert await offers_of("C1") == {"next": "open"}
    await database.execute("UPDATE outbox SET available_at = available_at - interval '1 hour'")
    await settle()
    assert await offers_of("C1") == {"next": "open"}
    assert await reconcile() == []


async def test_two_pools_completing_at_once_keep_their_own_limits_and_never_offer_the_same_task() -> None:
    for code in ("a", "b", "c", "d"):
        await step(code)
    await task("left", ONCE, follow_ups=pool(offer("a"), offer("b"), offer("c"), open_offers=2))
    await task("right", ONCE, follow_ups=pool(offer("a"), offer("b"), offer("c"), offer("d"), open_offers=1))
    await events.ingest([purchase()])
    await asyncio.gather(*(outbox.relay_batch(1) for _ in range(4)))
    await settle()
    rows = await database.fetch("SELECT pool, count(*), count(DISTINCT task) FROM task_offer GROUP BY pool")
    assert {row[0]: row[1] for row in rows} == {"left": 2, "right": 1}
    assert len(await offers_of("C1")) == 3
    assert await reconcile() == []


async def test_another_turn_of_a_pool_fills_up_only_to_its_limit(time_machine: TimeMachine) -> None:
    for code in ("a", "b", "c"):
        await step(code)
    await task(
        "daily",
        special("sign_in.days", 1, "claim"),
        claim={"cycle": "daily"},
        follow_ups=pool(offer("a"), offer("b"), offer("c"), open_offers=2),
    )
    time_machine(days=1)
    await events.ingest([event("sign_in")])
    await settle()
    await claim("C1", "a")
    time_machine(days=1)
    await events.ingest([event("sign_in")])
    await settle()
    assert await offers_of("C1") == {"a": "claimed", "b": "open", "c": "open"}


@pytest.mark.parametrize(("how", "state"), [("ended", "expired"), ("over", "expired"), ("paused", "open")])
async def test_offers_of_what_can_no_longer_be_had_are_over(time_machine: TimeMachine, how: str, state: str) -> None:
    until = clock.now().replace(microsecond=0).isoformat() if how == "over" else None
    await step("next", claim={"until": "2100-01-01T00:00:00+08:00"})
    await task("first", ONCE, follow_ups=pool(offer("next")))
    await complete()
    assert await tasks.expire_offers() == 0
    if how == "ended":
        await approvals.end(tasks.TASKS, "next", MAKER)
    elif how == "paused":
        await approvals.pause(tasks.TASKS, "next", MAKER)
    else:
        await step("next", claim={"until": until})
    assert await tasks.expire_offers() == (1 if state == "expired" else 0)
    assert await offers_of("C1") == {"next": state}
    assert ("next", True) not in await page_of("C1")


async def test_an_offer_withdrawn_while_it_is_being_claimed_is_gone() -> None:
    await step("secret", claim={"mode": "offered"})
    await task("first", ONCE, follow_ups=pool(offer("secret")))
    await complete()
    [done] = await claims_of("C1", "first")
    lost = CompletionLost(done["id"], 1, done["customer_id"])

    async def late() -> str:
        try:
            await claim("C1", "secret")
        except NotFound as refused:
            return refused.code
        return "claimed"

    assert await overtaken(lambda connection: tasks.withdraw_offers(connection, [lost]), late) == "task.not_found"
    assert (await offers_of("C1"), await claims_of("C1", "secret")) == ({"secret": "withdrawn"}, [])


async def test_an_offer_claimed_while_it_is_being_withdrawn_stays_claimed() -> None:
    await step("secret", claim={"mode": "offered"})
    await task("first", ONCE, follow_ups=pool(offer("secret")))
    await complete()
    [done] = await claims_of("C1", "first")
    lost = CompletionLost(done["id"], 1, done["customer_id"])

    async def late() -> None:
        async with database.transaction() as connection:
            await tasks.withdraw_offers(connection, [lost])

    await overtaken(lambda connection: claim("C1", "secret"), late)
    assert (await offers_of("C1"), await state_of("C1", "secret")) == ({"secret": "claimed"}, "claimed")


async def test_a_follow_up_waits_for_a_claim_by_hand_that_is_under_way_and_leaves_it_alone() -> None:
    await step("next")
    await task("first", ONCE, follow_ups=pool(give("next")))
    await events.ingest([purchase()])
    await overtaken(lambda connection: claim("C1", "next"), settle)
    assert (len(await claims_of("C1", "next")), await offers_of("C1")) == (1, {})
