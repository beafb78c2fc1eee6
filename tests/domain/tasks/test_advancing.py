"""What events do to running and to completed claims, in whatever order they are told."""

from datetime import timedelta

import pytest

from domain import events, tasks
from domain.events import Event
from domain.tasks import lateness
from kit import clock, database
from tests.domain.tasks.making import (
    claim,
    claims_of,
    cumulative,
    current,
    event,
    experience_of,
    purchase,
    refund,
    settle,
    state_of,
    status,
    task,
    told,
)
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
SPEND = cumulative("purchase.amount", 30_000)
POINTS = [{"experience": 100}]


async def test_progress_adds_up_over_batches_and_completes_on_the_dot() -> None:
    await task("spend", SPEND)
    for amount, state in ((10_000, "claimed"), (19_999, "claimed"), (1, "completed")):
        await events.ingest([purchase(amount_fen=amount)])
        assert await state_of("C1", "spend") == state
    assert await current("C1", "spend") == [30_000]


async def test_a_refund_takes_progress_back() -> None:
    await task("spend", SPEND)
    bought = purchase(amount_fen=20_000)
    await events.ingest([bought])
    await events.ingest([refund(bought, 5_000)])
    assert await current("C1", "spend") == [15_000]
    await events.ingest([refund(bought, 99_000)])
    assert await current("C1", "spend") == [0]


async def test_a_refund_may_come_before_its_purchase() -> None:
    await task("spend", SPEND)
    bought, other = purchase(amount_fen=30_000), purchase(amount_fen=1)
    await events.ingest([other])
    await events.ingest([refund(bought, 10_000)])
    await events.ingest([bought])
    assert (await state_of("C1", "spend"), await current("C1", "spend")) == ("claimed", [20_001])


async def test_a_refund_by_authorisation_may_come_before_its_purchase() -> None:
    await task("spend", cumulative("purchase.count", 2))
    paid = {"card_token": "ct_1", "merchant_id": "M1", "auth_code": "018823"}
    await events.ingest([event("refund", amount_fen=10_000, **paid), purchase()])
    await events.ingest([purchase(**paid)])
    assert await current("C1", "spend") == [1]
    await events.ingest([purchase(**{**paid, "auth_code": "018824"})])
    assert await state_of("C1", "spend") == "completed"


async def test_an_unlinked_refund_waits_for_its_purchase_and_no_longer_comes_off_others() -> None:
    await task("spend", SPEND)
    bought, other = purchase(amount_fen=10_000), purchase(amount_fen=15_000)
    await events.ingest([other, refund(bought, 10_000)])
    assert await current("C1", "spend") == [5_000]
    await events.ingest([bought])
    assert await current("C1", "spend") == [15_000]


async def test_refunds_of_one_customer_leave_others_alone() -> None:
    await task("spend", SPEND)
    mine, theirs = purchase("C1"), purchase("C2")
    await events.ingest([mine, theirs, refund(mine), event("refund", "C1", 5, original_event_id=theirs.event_id)])
    assert await current("C2", "spend") == [10_000]


async def test_a_lost_completion_goes_back_to_claimed_and_may_come_again() -> None:
    await task("spend", SPEND, settle_after_days=7)
    bought = purchase(amount_fen=30_000)
    await events.ingest([bought])
    back = refund(bought, 1)
    await events.ingest([back])
    assert await state_of("C1", "spend") == "claimed"
    await events.ingest([refund(back, type="reversal")])
    [claim] = await claims_of("C1", "spend")
    assert (claim["state"], claim["round"]) == ("completed", 2)


async def test_a_rewarded_claim_is_clawed_back_and_may_be_earned_again() -> None:
    await task("spend", SPEND, rewards=POINTS)
    bought = purchase(amount_fen=30_000)
    for batch, state, points in (
        ([bought], "rewarded", 100),
        ([refund(bought)], "clawed_back", 0),
        ([purchase(amount_fen=30_000)], "rewarded", 100),
    ):
        await events.ingest(batch)
        await settle()
        assert (await state_of("C1", "spend"), await experience_of("C1")) == (state, points)


async def test_what_was_bought_after_completion_keeps_it_when_the_first_is_refunded() -> None:
    await task("spend", SPEND, rewards=POINTS)
    bought = purchase(amount_fen=30_000)
    await events.ingest([bought])
    await events.ingest([purchase(amount_fen=30_000)])
    await events.ingest([refund(bought)])
    await settle()
    assert (await state_of("C1", "spend"), await experience_of("C1")) == ("rewarded", 100)


OFF = {"value": False, "occurred_at": clock.now() - timedelta(hours=1)}
ON = {"value": True, "occurred_at": clock.now() - timedelta(hours=2)}


@pytest.mark.parametrize("order", [(ON, OFF), (OFF, ON)])
async def test_that_a_status_had_ended_before_the_claim_may_be_told_late(order: tuple[dict, dict]) -> None:
    await task("autopay", status("autopay.enabled"), rewards=POINTS)
    for one in order:
        await events.ingest([told("autopay.enabled", **one)])
        await settle()
    assert await state_of("C1", "autopay") in ("claimed", "clawed_back")
    assert await experience_of("C1") == 0


async def test_a_status_that_ends_during_the_claim_stays_met() -> None:
    await task("autopay", status("autopay.enabled"), rewards=POINTS)
    for value in (True, False):
        await events.ingest([told("autopay.enabled", value, occurred_at=clock.now())])
        await settle()
    assert (await state_of("C1", "autopay"), await experience_of("C1")) == ("rewarded", 100)


async def test_a_late_event_counts_where_it_belongs_until_the_lateness_is_over(time_machine: TimeMachine) -> None:
    await task("spend", SPEND, automatic=False, claim={"days_to_finish": 3})
    for customer in ("C1", "C2"):
        await claim(customer, "spend")
    in_time, too_late = clock.now() + timedelta(days=2), clock.now() + timedelta(days=3)
    time_machine(days=9, hours=23)
    assert await tasks.expire_due() == 2
    await events.ingest([purchase("C1", 90_000, occurred_at=too_late)])
    assert (await state_of("C1", "spend"), await current("C1", "spend")) == ("expired", [0])
    await events.ingest([purchase("C1", 30_000, occurred_at=in_time)])
    assert await state_of("C1", "spend") == "completed"
    time_machine(hours=2)
    await events.ingest([purchase("C2", 30_000, occurred_at=in_time)])
    assert (await state_of("C2", "spend"), await current("C2", "spend")) == ("expired", [0])


async def test_lateness_is_a_setting(time_machine: TimeMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lateness, "_lateness", lateness.allowed())  # so that it is put back
    await task("spend", SPEND, automatic=False, claim={"days_to_finish": 3})
    await claim("C1", "spend")
    in_time = clock.now() + timedelta(days=2)
    time_machine(days=3, hours=20)
    tasks.allow_lateness(0)
    await events.ingest([purchase(occurred_at=in_time)])
    assert await current("C1", "spend") == [0]
    tasks.allow_lateness(7)
    await events.ingest([purchase(occurred_at=in_time)])
    assert await current("C1", "spend") == [10_000]


async def test_a_completion_lost_after_its_time_is_expired(time_machine: TimeMachine) -> None:
    await task("spend", SPEND, automatic=False, claim={"days_to_finish": 3}, settle_after_days=60)
    await claim("C1", "spend")
    bought = purchase(amount_fen=30_000, occurred_at=clock.now())
    await events.ingest([bought])
    time_machine(days=30)
    await events.ingest([refund(bought)])
    assert await state_of("C1", "spend") == "expired"


async def test_one_event_moves_every_claim_it_counts_for_and_no_other() -> None:
    fuel, food = {"mcc": {"in": ["5541"]}}, {"mcc": {"in": ["5812"]}}
    await task("fuel", cumulative("purchase.count", 9, **fuel))
    await task("food", cumulative("purchase.count", 9, **food))
    await task("both", {"all": [cumulative("purchase.count", 9, **fuel), cumulative("purchase.amount", 9_999_999)]})
    await events.ingest([purchase(mcc="5541")])
    assert (await current("C1", "fuel"), await current("C1", "both")) == ([1], [1, 10_000])
    assert await claims_of("C1", "food") == []


async def test_only_claims_that_moved_get_a_new_change_number() -> None:
    for code in ("one", "other"):
        await task(code, cumulative("purchase.count", 9, mcc={"in": ["5541" if code == "one" else "5812"]}))
    await events.ingest([purchase(mcc="5541"), purchase(mcc="5812")])

    async def change_no(code: str) -> int:
        return int(await database.fetchval("SELECT change_no FROM claim WHERE task = $1", code))

    one, other = await change_no("one"), await change_no("other")
    await events.ingest([purchase(mcc="5541")])
    assert (await change_no("one") > one, await change_no("other")) == (True, other)


async def test_all_of_a_tree_decides(time_machine: TimeMachine) -> None:
    content = {
        "all": [status("wechat.bound"), {"at_least": 2, "of": [SPEND, cumulative("purchase.days", 2), status("a.b")]}]
    }
    await task("tree", content)

    async def after(*batch: Event) -> str | None:
        await events.ingest(list(batch))
        return await state_of("C1", "tree")

    assert await after(purchase(amount_fen=30_000)) == "claimed"
    assert await after(told("wechat.bound")) == "claimed"
    time_machine(days=1)
    assert await after(purchase(amount_fen=1)) == "completed"
