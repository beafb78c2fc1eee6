"""Tasks nobody claims by hand: which events open a claim, in which cycle, and what it then knows."""

from datetime import timedelta

import pytest

from domain import approvals, events, tasks
from kit import clock, database
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.making import (
    claims_of,
    cumulative,
    current,
    event,
    experience_of,
    purchase,
    refund,
    settle,
    special,
    state_of,
    status,
    task,
    told,
)
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
TWICE = cumulative("purchase.count", 2)
POINTS = [{"experience": 100}]


async def test_the_first_event_that_counts_opens_the_claim() -> None:
    await task("fuel", cumulative("purchase.count", 2, mcc={"in": ["5541"]}))
    await events.ingest([purchase(mcc="5812")])
    assert await claims_of("C1", "fuel") == []
    await events.ingest([purchase(mcc="5541")])
    assert (await state_of("C1", "fuel"), await current("C1", "fuel")) == ("claimed", [1])
    await events.ingest([purchase(mcc="5541")])
    assert await state_of("C1", "fuel") == "completed"


async def test_one_batch_may_open_advance_and_complete_for_many_customers() -> None:
    await task("two", TWICE, rewards=POINTS)
    await events.ingest([purchase(f"C{number}") for number in (1, 2, 3, 1, 3)])
    await settle()
    assert [await state_of(f"C{number}", "two") for number in (1, 2, 3)] == ["rewarded", "claimed", "rewarded"]
    assert [await experience_of(f"C{number}") for number in (1, 2, 3)] == [100, 0, 100]


async def test_each_day_has_a_claim_of_its_own(time_machine: TimeMachine) -> None:
    await task("daily", special("sign_in.days", 1, "claim"), claim={"cycle": "daily"}, rewards=[{"experience": 5}])
    for _ in range(3):
        time_machine(days=1)
        await events.ingest([event("sign_in"), event("sign_in")])
    await settle()
    claims = await claims_of("C1", "daily")
    assert [claim["state"] for claim in claims] == ["rewarded"] * 3
    assert [claim["cycle"] for claim in claims] == sorted({claim["cycle"] for claim in claims})
    assert await experience_of("C1") == 15


async def test_what_happened_before_counts_in_every_new_cycle_that_looks_back(time_machine: TimeMachine) -> None:
    content = {"all": [status("card.activated"), cumulative("purchase.count", 1, "claim")]}
    await task("daily", content, claim={"cycle": "daily"})
    await events.ingest([told("card.activated")])
    time_machine(days=3)
    await events.ingest([purchase()])
    assert [claim["state"] for claim in await claims_of("C1", "daily")][-1] == "completed"


async def test_rolling_days_reach_back_over_the_cycles_beginning(time_machine: TimeMachine) -> None:
    await task("daily", cumulative("purchase.days", 3, {"rolling_days": 7}), claim={"cycle": "daily"})
    for _ in range(3):
        time_machine(days=1)
        await events.ingest([purchase()])
    claims = await claims_of("C1", "daily")
    assert [claim["state"] for claim in claims] == ["claimed", "claimed", "completed"]


async def test_a_cycle_that_was_over_before_the_task_went_live_has_no_claim(time_machine: TimeMachine) -> None:
    start = clock.now()
    time_machine(days=30)
    await events.ingest([purchase(occurred_at=start + timedelta(days=day, hours=1)) for day in range(30)])
    await task("daily", cumulative("purchase.count", 1), claim={"cycle": "daily"})
    await settle()
    assert await claims_of("C1", "daily") == []
    await events.ingest([purchase(occurred_at=start + timedelta(days=9)), purchase(occurred_at=clock.now())])
    assert [claim["state"] for claim in await claims_of("C1", "daily")] == ["completed"]


async def test_an_event_of_yesterday_reaches_yesterdays_claim_though_today_has_begun(time_machine: TimeMachine) -> None:
    await task("weekly", cumulative("purchase.count", 2, "claim"), claim={"cycle": "weekly"})
    time_machine(days=7)
    last_week = clock.now()
    time_machine(days=7)
    await events.ingest([purchase()])
    await events.ingest([purchase(occurred_at=last_week)])
    await events.ingest([purchase(occurred_at=last_week)])
    assert [claim["state"] for claim in await claims_of("C1", "weekly")] == ["completed", "claimed"]


async def test_days_to_finish_go_on_past_the_cycle_whatever_is_told_first(time_machine: TimeMachine) -> None:
    terms = {"cycle": "daily", "days_to_finish": 3}
    await task("three-days", cumulative("purchase.count", 2, "claim"), claim=terms)
    time_machine(days=5)
    first = clock.now()
    await events.ingest([purchase("C1", occurred_at=first), purchase("C1", occurred_at=first + timedelta(hours=23))])
    await events.ingest([purchase("C2", occurred_at=first + timedelta(hours=23))])
    await events.ingest([purchase("C2", occurred_at=first)])
    for customer in ("C1", "C2"):
        assert [claim["state"] for claim in await claims_of(customer, "three-days")] == ["completed", "claimed"]


async def test_after_the_claiming_ended_late_events_open_claims_that_miss_nothing(time_machine: TimeMachine) -> None:
    until = clock.now() + timedelta(days=2)
    await task("two", TWICE, claim={"until": until.isoformat()})
    time_machine(days=4)
    within, after = until - timedelta(days=1), until + timedelta(days=1)
    await events.ingest([purchase("C1", occurred_at=after)])
    assert await claims_of("C1", "two") == []
    await events.ingest([purchase("C1", occurred_at=within)])
    assert await state_of("C1", "two") == "completed"
    time_machine(days=6)
    await events.ingest([purchase("C2", occurred_at=within), purchase("C2", occurred_at=within)])
    assert await claims_of("C2", "two") == []


async def test_what_happened_before_the_claiming_begins_counts_for_a_lifetime(time_machine: TimeMachine) -> None:
    await task("two", TWICE, claim={"from": (clock.now() + timedelta(days=1)).isoformat()})
    await events.ingest([purchase()])
    assert await claims_of("C1", "two") == []
    time_machine(days=2)
    await events.ingest([purchase()])
    assert await state_of("C1", "two") == "completed"


async def test_who_does_not_see_the_task_gets_no_claim_and_who_comes_to_see_it_loses_nothing() -> None:
    await task("payers", TWICE, visible={"stages": ["payer"]})
    await events.ingest([purchase(), purchase("C2")])
    assert await claims_of("C1", "payers") == []
    await database.execute("UPDATE customer SET stage = 'payer' WHERE customer_no = 'C1'")
    await events.ingest([purchase(), purchase("C2")])
    assert await state_of("C1", "payers") == "completed"
    assert await claims_of("C2", "payers") == []


async def test_a_paused_task_opens_no_claims_and_resumed_it_makes_up_for_it() -> None:
    await task("one", cumulative("purchase.count", 1))
    await approvals.pause(tasks.TASKS, "one", MAKER)
    await events.ingest([purchase()])
    await settle()
    assert await claims_of("C1", "one") == []
    await approvals.resume(tasks.TASKS, "one", MAKER)
    await settle()
    assert await state_of("C1", "one") == "rewarded"


async def test_claims_go_on_while_their_task_is_paused() -> None:
    await task("two", TWICE)
    await events.ingest([purchase()])
    await approvals.pause(tasks.TASKS, "two", MAKER)
    await events.ingest([purchase()])
    assert await state_of("C1", "two") == "completed"


async def test_places_are_never_exceeded() -> None:
    await task("first-two", cumulative("purchase.count", 1), claim={"places": 2})
    await events.ingest([purchase("C1"), purchase("C2"), purchase("C3")])
    await events.ingest([purchase("C4"), purchase("C1")])
    assert [await state_of(f"C{n}", "first-two") for n in range(1, 5)] == ["completed", "completed", None, None]
    assert await database.fetchval("SELECT taken FROM task_places WHERE task = 'first-two'") == 2


async def test_a_purchase_refunded_before_anybody_looked_opens_nothing() -> None:
    await task("one", cumulative("purchase.count", 1))
    bought = purchase()
    await events.ingest([refund(bought), bought])
    assert await claims_of("C1", "one") == []


async def test_undoing_a_refund_opens_the_claim_the_refund_had_prevented() -> None:
    await task("one", cumulative("purchase.count", 1), rewards=POINTS)
    bought = purchase()
    back = refund(bought)
    await events.ingest([bought, back])
    await events.ingest([refund(back, type="reversal")])
    await settle()
    assert (await state_of("C1", "one"), await experience_of("C1")) == ("rewarded", 100)


@pytest.mark.parametrize("together", [True, False])
async def test_a_refund_may_bring_a_purchase_into_the_amounts_asked_for(together: bool) -> None:
    await task("small", cumulative("purchase.count", 1, amount={"at_most": 6_000}))
    bought = purchase(amount_fen=10_000)
    back = refund(bought, 4_000)
    for batch in [[bought, back]] if together else [[bought], [back]]:
        await events.ingest(batch)
    assert await state_of("C1", "small") == "completed"


async def test_a_refund_that_came_first_comes_off_the_claim_that_is_opened_later() -> None:
    await task("spend", cumulative("purchase.amount", 99_999))
    await events.ingest([event("refund", amount_fen=3_000)])
    assert await claims_of("C1", "spend") == []
    await events.ingest([purchase(amount_fen=10_000)])
    assert await current("C1", "spend") == [7_000]


async def test_a_claim_on_which_nothing_stands_any_more_starts_again_with_all_that_counts() -> None:
    await task("spend", cumulative("purchase.amount", 99_999))
    gone = purchase()
    await events.ingest([gone])
    await events.ingest([refund(gone), event("refund", amount_fen=3_000)])
    assert await current("C1", "spend") == [0]
    await events.ingest([purchase(amount_fen=10_000)])
    assert await current("C1", "spend") == [7_000]


async def test_a_cycle_in_which_everything_was_refunded_is_not_done_by_what_other_cycles_saw(
    time_machine: TimeMachine,
) -> None:
    await task("daily", cumulative("purchase.count", 1), claim={"cycle": "daily"}, rewards=POINTS)
    await events.ingest([purchase(occurred_at=clock.now())])
    time_machine(days=1)
    second = purchase()
    await events.ingest([second])
    await settle()
    assert await experience_of("C1") == 200
    await events.ingest([refund(second)])
    await settle()
    assert [claim["state"] for claim in await claims_of("C1", "daily")] == ["rewarded", "clawed_back"]
    assert await experience_of("C1") == 100
