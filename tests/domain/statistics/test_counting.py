"""Figures are what a full count gives, whoever commits late, whatever is taken back."""

import asyncio
import importlib
import random
from typing import Any

import pytest

from domain import coupons, customers, events, statistics, tasks
from domain.operators import OperatorIdentity, Role
from domain.reconciliation import reconcile
from domain.statistics import Span, refresh
from kit import clock
from kit import database as db
from tests.domain.coupons.stage import MAKER, issue, issue_one, new_customers, publish_template
from tests.domain.tasks.making import claim, cumulative, purchase, refund, settle, task
from tests.domain.tasks.time_machine import TimeMachine

SHANGHAI = OperatorIdentity(3, "sh", "", frozenset({Role.MAKER}), "SH")


async def counted() -> None:
    """Until nothing is left to count; a count that somebody began before goes no further than was known then."""
    for _ in range(2):
        while await refresh():
            pass


async def funnel(by: Any = "subject", operator: OperatorIdentity = MAKER) -> dict[str, dict[str, int]]:
    """Figures that are not zero, by key."""
    report = await statistics.funnel(operator, by, Span(), None, None)
    return {row.key: {name: number for name, number in row.figures.items() if number} for row in report.rows}


async def unused(template: str = "free7") -> int:
    """Coupons that may be used, as the report has them."""
    rows = (await statistics.coupons(MAKER, "subject", Span(), None, template)).rows
    return rows[0].figures["unused"] if rows else 0


async def one_completed(*completed: str, others: tuple[str, ...] = (), **more: Any) -> None:
    """Task `one`, claimed by all of them."""
    await task("one", cumulative("purchase.amount", 10_000), automatic=False, **more)
    await customers.ids_of([*completed, *others])
    for customer in (*completed, *others):
        await claim(customer, "one")
    await events.ingest([purchase(customer, 10_000, event_id=f"buy-{customer}") for customer in completed])
    await settle()


async def test_a_funnel_follows_claims_and_rewards(database: str) -> None:
    await publish_template("free7", cost_fen=350)
    await one_completed("C1", "C2", others=("C3",), rewards=[{"coupon": "free7"}])
    await counted()
    figures = {"claimed": 3, "completed": 2, "rewarded": 2, "cost_fen": 700}
    assert await funnel() == {"one": figures}
    assert await funnel("day") == {clock.today().isoformat(): figures}
    assert await unused() == 2
    told = (await statistics.events(MAKER, "subject", Span())).rows
    assert [(row.key, row.figures) for row in told] == [("purchase", {"events": 2, "amount_fen": 20_000})]
    assert await reconcile() == []


async def test_what_is_taken_back_after_weeks_leaves_the_day_it_was_on(
    database: str, time_machine: TimeMachine
) -> None:
    await one_completed("C1", rewards=[{"experience": 10}])
    await counted()
    first = clock.today().isoformat()
    assert (await funnel("day"))[first]["rewarded"] == 1
    time_machine(days=30)
    await events.ingest([refund(purchase("C1", 10_000, event_id="buy-C1"))])
    await settle()
    await counted()
    after = await funnel("day")
    assert list(after) == [first]
    assert not {"rewarded", "completed"} & after[first].keys()
    assert await reconcile() == []


async def test_a_task_s_own_report_holds_what_was_not_counted_yet(database: str) -> None:
    await one_completed("C1", others=("C2",), rewards=[{"experience": 10}])
    for _ in range(2):
        report = await statistics.task_report(MAKER, "one")
        assert (report.claimed, report.completed, report.rewarded) == (2, 1, 1)
        await counted()
    await events.ingest([purchase("C2", 10_000)])
    await settle()
    assert (await statistics.task_report(MAKER, "one")).rewarded == 2
    assert (await funnel())["one"]["rewarded"] == 1


async def test_a_branch_sees_the_figures_of_its_own_customers(database: str) -> None:
    await customers.ids_of(["C1", "C2"])
    await database_branch("C1", "SH")
    await one_completed("C1", others=("C2",), rewards=[{"experience": 10}])
    await counted()
    assert (await funnel())["one"]["claimed"] == 2
    assert await funnel(operator=SHANGHAI) == {"one": {"claimed": 1, "completed": 1, "rewarded": 1}}
    assert await funnel("branch", SHANGHAI) == {"SH": {"claimed": 1, "completed": 1, "rewarded": 1}}
    assert (await statistics.task_report(SHANGHAI, "one")).claimed == 1


async def database_branch(customer: str, branch: str) -> None:
    """The card core has said where the customer belongs."""
    await db.execute("UPDATE customer SET branch = $2 WHERE customer_no = $1", customer, branch)


async def test_who_commits_late_with_a_smaller_number_is_not_missed(database: str) -> None:
    await publish_template("free7")
    early, late = await new_customers(2)
    await counted()
    drawn, may_commit = asyncio.Event(), asyncio.Event()

    async def commits_late() -> None:
        async with db.transaction() as connection:
            await customers.lock(connection, [late])
            await coupons.issue(connection, [coupons.IssueOrder(late, "free7", "late", "test")])
            drawn.set()
            await may_commit.wait()

    # The stock's row is held until then: what the early one changes is a coupon they have already.
    coupon = await issue_one(early, "free7")
    await counted()
    running = asyncio.create_task(commits_late())
    await drawn.wait()
    await voided(early, coupon)
    before = (await statistics.coupons(MAKER, "subject", Span(), None, None)).as_of
    for _ in range(3):
        await counted()
    assert await unused() == 1, "counted above a number somebody may still commit below"
    may_commit.set()
    await running
    await counted()
    report = await statistics.coupons(MAKER, "subject", Span(), None, None)
    assert report.rows[0].figures | {"unused": 1, "voided": 1} == report.rows[0].figures
    assert before is not None
    assert report.as_of is not None
    assert report.as_of > before
    assert await reconcile() == []


async def test_the_newest_transaction_of_all_is_waited_for(database: str) -> None:
    """It is past the end of every snapshot until somebody else commits."""
    await publish_template("free7")
    [late] = await new_customers(1)
    await counted()
    drawn, may_commit = asyncio.Event(), asyncio.Event()

    async def commits_late() -> None:
        async with db.transaction() as connection:
            await customers.lock(connection, [late])
            await coupons.issue(connection, [coupons.IssueOrder(late, "free7", "late", "test")])
            drawn.set()
            await may_commit.wait()

    running = asyncio.create_task(commits_late())
    await drawn.wait()
    for _ in range(3):
        await counted()
    may_commit.set()
    await running
    await counted()
    assert await unused() == 1
    assert await reconcile() == []


async def voided(customer_id: int, coupon_id: int) -> None:
    """Somebody takes the coupon away."""
    async with db.transaction() as connection:
        await customers.lock(connection, [customer_id])
        await coupons.void(connection, [coupon_id], "test")


@pytest.mark.parametrize("set_size", [3, 50_000])
async def test_figures_are_exact_while_many_write_and_one_counts(
    database: str, set_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = importlib.import_module("domain.statistics.refresh")  # the verb has the name of its file

    monkeypatch.setattr(counting, "SET", set_size)
    chance = random.Random(20261126)
    await publish_template("free7", stock=10_000, daily_cap=10_000, per_person=100)
    people = await new_customers(12)
    going = True

    async def writes(customer_id: int) -> None:
        for turn in range(8):
            [given] = await issue(coupons.IssueOrder(customer_id, "free7", f"w:{customer_id}:{turn}", "test"))
            assert isinstance(given, coupons.Issued)
            await asyncio.sleep(chance.uniform(0, 0.01))
            if turn % 3 == 0:
                await voided(customer_id, given.coupon_id)

    async def counts() -> None:
        while going:
            await refresh()
            broken = [verdict for verdict in await reconcile() if verdict.invariant.startswith("statistics")]
            assert broken == []

    counter = [asyncio.create_task(counts()) for _ in range(2)]
    await asyncio.gather(*(writes(person) for person in people))
    going = False
    await asyncio.gather(*counter)
    await counted()
    rows = await database_rows("SELECT state, count(*) FROM coupon GROUP BY 1")
    [row] = (await statistics.coupons(MAKER, "subject", Span(), None, None)).rows
    assert {name: number for name, number in row.figures.items() if number} == {"issued": 96, **rows}
    assert await reconcile() == []


async def database_rows(sql: str) -> dict[str, int]:
    """Counts by name."""
    return {row[0]: row[1] for row in await db.fetch(sql)}


async def test_a_figure_that_was_tampered_with_is_found(database: str) -> None:
    await one_completed("C1", rewards=[{"experience": 10}])
    await counted()
    assert await reconcile() == []
    await database_rows(
        "UPDATE figure SET number = number + 1 WHERE source IN ('claims', 'events') RETURNING source, 1"
    )
    await database_rows("UPDATE counted SET measure = 'x' WHERE source = 'levels' RETURNING source, 1")
    broken = {verdict.invariant for verdict in await reconcile()}
    assert broken >= {"statistics.figures_are_sums", "statistics.events_are_counted", "statistics.levels_are_counted"}


async def test_who_saw_a_task_stands_in_the_funnel_beside_what_came_of_it(database: str) -> None:
    await publish_template("free7", cost_fen=350)
    await one_completed("C1", "C2", others=("C3",), rewards=[{"coupon": "free7"}])
    ids = await customers.ids_of(["C1", "C2", "C3", "C4", "C5", "C6", "C7"])
    await db.execute("UPDATE customer SET branch = 'SH' WHERE id = $1", ids["C7"])
    sightings = tasks.Sightings()
    for customer_id in ids.values():
        sightings.note(customer_id, await tasks.tasks_of(customer_id, "bank_app"))
    await sightings.flush()
    await counted()
    [row] = (await statistics.funnel(MAKER, "subject", Span(), None, None)).rows
    assert (row.figures["seen"], row.figures["claimed"], row.figures["completed"]) == (7, 3, 2)
    assert row.ratios == {
        "claimed_of_seen": "0.4286",
        "completed_of_claimed": "0.6667",
        "rewarded_of_completed": "1.0000",
        "cost_per_completion_fen": 350,
    }
    assert await funnel(operator=SHANGHAI) == {"one": {"seen": 1}}
    [own] = (await statistics.funnel(SHANGHAI, "subject", Span(), None, None)).rows
    assert own.ratios == dict.fromkeys(row.ratios) | {"claimed_of_seen": "0.0000"}
    assert await reconcile() == []


async def test_who_saw_a_task_is_counted_though_others_commit_first(database: str) -> None:
    await task("one", cumulative("purchase.amount", 10_000), automatic=False)
    await tasks.catalogue.refresh()
    late, early = await new_customers(2)
    drawn, may_commit = asyncio.Event(), asyncio.Event()

    async def sees(customer_id: int) -> None:
        sightings = tasks.Sightings()
        sightings.note(customer_id, await tasks.tasks_of(customer_id, "bank_app"))
        await sightings.flush()

    async def commits_late() -> None:
        async with db.transaction():
            await sees(late)
            drawn.set()
            await may_commit.wait()

    running = asyncio.create_task(commits_late())
    await drawn.wait()
    await sees(early)
    await counted()
    may_commit.set()
    await running
    await counted()
    assert await funnel() == {"one": {"seen": 2}}
    assert await reconcile() == []
