"""A task claimed automatically that goes live counts what was done before, customer by customer, page by page."""

import sys
from datetime import timedelta

import pytest

from domain import approvals, events, outbox, tasks
from domain.facts import BackfillDue
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

pytestmark = pytest.mark.usefixtures("database")
POINTS = [{"experience": 100}]


async def test_what_was_done_before_counts_where_the_window_looks_back() -> None:
    await events.ingest([purchase(), purchase(), told("wechat.bound", customer="C2"), event("sign_in", "C3")])
    content = {"any": [cumulative("purchase.count", 2), status("wechat.bound")]}
    await task("before", content, rewards=POINTS)
    await task("since", cumulative("purchase.count", 2, "claim"), rewards=POINTS)
    await settle()
    assert [await state_of(f"C{number}", "before") for number in (1, 2, 3)] == ["rewarded", "rewarded", None]
    assert await claims_of("C1", "since") == []
    assert await experience_of("C1") == 100


async def test_refunds_before_it_count_too() -> None:
    bought, gone = purchase(amount_fen=20_000), purchase("C2", 20_000)
    await events.ingest([bought, refund(bought, 5_000), gone, refund(gone)])
    await task("spend", cumulative("purchase.amount", 20_000))
    await settle()
    assert (await current("C1", "spend"), await claims_of("C2", "spend")) == ([15_000], [])


async def test_it_never_rewards_twice_who_has_completed_already() -> None:
    await task("two", cumulative("purchase.count", 2), rewards=POINTS)
    await events.ingest([purchase(), purchase()])
    await settle()
    await approvals.pause(tasks.TASKS, "two", MAKER)
    await approvals.resume(tasks.TASKS, "two", MAKER)
    await settle()
    [claim] = await claims_of("C1", "two")
    assert (claim["state"], claim["round"], await experience_of("C1")) == ("rewarded", 1, 100)


async def test_a_claim_made_while_it_was_under_way_is_completed_by_it() -> None:
    await events.ingest([purchase()])
    await task("two", cumulative("purchase.count", 2))
    await events.ingest([purchase()])
    assert await state_of("C1", "two") == "claimed"
    await settle()
    assert await state_of("C1", "two") == "rewarded"


async def test_every_customer_is_reached_however_many_pages_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["domain.tasks.backfill"], "PAGE", 3)  # the verb hides its module
    await events.ingest([purchase(f"P{number}") for number in range(10)] + [event("sign_in", "P99")])
    await task("one", cumulative("purchase.count", 1))
    pages: set[str] = set()
    while await outbox.relay_batch():
        rows = await database.fetch("SELECT payload->>'after_customer' FROM outbox WHERE fact = 'BackfillDue'")
        pages.update(row[0] for row in rows)
    assert await database.fetchval("SELECT count(*) FROM claim WHERE state = 'rewarded'") == 10
    assert len(pages) == 4


async def test_a_page_told_twice_changes_nothing() -> None:
    await events.ingest([purchase()])
    version = await task("one", cumulative("purchase.count", 1), rewards=POINTS)
    for _ in range(2):
        async with database.transaction() as connection:
            await tasks.backfill(connection, [BackfillDue(version.id, 0)])
    await settle()
    assert await experience_of("C1") == 100


async def test_a_task_claimed_by_hand_or_paused_meanwhile_claims_for_nobody() -> None:
    await events.ingest([purchase()])
    await task("manual", cumulative("purchase.count", 1), automatic=False)
    await task("paused", cumulative("purchase.count", 1))
    await approvals.pause(tasks.TASKS, "paused", MAKER)
    await settle()
    assert await claims_of("C1", "manual") + await claims_of("C1", "paused") == []


async def test_only_who_sees_the_task_and_while_places_last() -> None:
    await events.ingest([purchase(f"C{number}") for number in (1, 2, 3, 4)])
    await database.execute("UPDATE customer SET stage = 'payer' WHERE customer_no <> 'C1'")
    await task("payers", cumulative("purchase.count", 1), visible={"stages": ["payer"]}, claim={"places": 2})
    await settle()
    made = [number for number in (1, 2, 3, 4) if await claims_of(f"C{number}", "payers")]
    assert len(made) == 2
    assert 1 not in made


async def test_cycles_that_could_be_claimed_have_their_claims_and_others_not() -> None:
    now = clock.now()
    days = [now - timedelta(days=back) for back in (0, 2, 4, 6)]
    await events.ingest([event("sign_in", occurred_at=day - timedelta(minutes=1)) for day in days])
    begins = clock.start_of_day(clock.business_day(days[2] - timedelta(minutes=1)))
    await task(
        "daily", special("sign_in.days", 1), claim={"cycle": "daily", "from": begins.isoformat()}, rewards=POINTS
    )
    await settle()
    cycles = [claim["cycle"] for claim in await claims_of("C1", "daily")]
    assert cycles == sorted(str(clock.business_day(day - timedelta(minutes=1))) for day in days[:3])
    assert await experience_of("C1") == 300
