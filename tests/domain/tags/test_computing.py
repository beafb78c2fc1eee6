"""The worker computes tags in sets, in order of dependence, goes on where it was killed, and clears ended ones away."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import approvals, customers, events, tags
from domain.reconciliation import reconcile
from domain.tags import TAGS, ValueTold, plan
from domain.tags.catalogue import catalogue
from kit import clock
from kit import database as db
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.imports.stage import taken
from tests.domain.tags.stage import computed, live_tag, people, states, told, values_of
from tests.domain.tasks.making import overtaken, purchase, refund
from tests.domain.tasks.making import told as status_told
from tests.domain.tasks.time_machine import TimeMachine

PEOPLE = "customer_no,stage,branch,billing_day,card_product\nC1,payer,SH,5,young\nC2,base,SZ,,gold\nC3,credit,SH,20,\n"


async def broken() -> list[str]:
    return [one.name for one in await reconcile() if one.offenders]


@pytest.fixture
async def three(database: str) -> list[int]:
    """C1 to C3, and somebody who only looks."""
    await taken("customers", PEOPLE)
    await db.execute("INSERT INTO customer (name, stage, branch, created_at) VALUES ('', 'base', 'SH', now())")
    return await people("C1", "C2", "C3")


@pytest.mark.parametrize(
    ("type", "source", "more", "expected"),
    [
        ("text", {"field": "stage"}, {"values": ["payer", "credit"]}, {"C1": "payer", "C3": "credit"}),
        ("text", {"field": "card_product"}, {"values": ["young", "gold"]}, {"C1": "young", "C2": "gold"}),
        ("text", {"field": "branch"}, {"values": ["SH"]}, {"C1": "SH", "C3": "SH"}),
        ("number", {"field": "billing_day"}, {}, {"C1": 5, "C3": 20}),
        ("number", {"field": "level"}, {}, {"C1": 2, "C2": 0, "C3": 0}),
    ],
)
async def test_a_field_is_taken_of_every_cardholder_as_far_as_it_is_permitted(
    three: list[int], type: str, source: dict[str, Any], more: dict[str, Any], expected: dict[str, Any]
) -> None:
    await db.execute(
        "INSERT INTO experience_account (customer_id, balance, earned, spent, rank, change_no) VALUES ($1, 0, 0, 0, 2, 1)",
        three[0],
    )
    await live_tag("t", type, source, **more)
    await computed()
    assert await values_of("t") == expected


async def test_a_status_is_what_was_last_told_where_it_is_of_the_type(three: list[int]) -> None:
    minute = clock.now()
    ago = [minute - plan.QUIET * n for n in (3, 2, 1)]
    await events.ingest(
        [
            status_told("autopay.enabled", True, "C1", occurred_at=ago[1]),
            status_told("autopay.enabled", False, "C1", occurred_at=ago[0]),
            status_told("autopay.enabled", False, "C2", occurred_at=ago[2]),
            status_told("autopay.enabled", "yes", "C3", occurred_at=ago[0]),
            status_told("credit.line", 5000, "C1", occurred_at=ago[0]),
            status_told("credit.line", 50.5, "C2", occurred_at=ago[0]),
            status_told("credit.line", "high", "C3", occurred_at=ago[0]),
        ]
    )
    await live_tag("autopay", "flag", {"status": "autopay.enabled"})
    await live_tag("line", "number", {"status": "credit.line"})
    await live_tag("band", "text", {"status": "credit.line"}, values=["high", "low"])
    await computed()
    assert await values_of("autopay") == {"C1": True, "C2": False}
    assert await values_of("line") == {"C1": 5000}
    assert await values_of("band") == {"C3": "high"}


async def test_transactions_are_counted_net_and_only_what_changes_is_written(three: list[int]) -> None:
    bought = purchase("C1", 30_000)
    await events.ingest([bought, purchase("C2", 10_000), refund(bought, 5_000)])
    await live_tag("spent", "number", {"transactions": {"item": "purchase.amount", "days": 30}})
    await computed()
    assert await values_of("spent") == {"C1": 25_000, "C2": 10_000}
    first = await db.fetch("SELECT customer_id, as_of FROM tag_value ORDER BY customer_id")
    await events.ingest([refund(bought, 25_000), purchase("C3", 700)])
    await live_tag("spent", "number", {"transactions": {"item": "purchase.amount", "days": 31}})
    await computed()
    assert await values_of("spent") == {"C2": 10_000, "C3": 700}
    again = await db.fetch("SELECT customer_id, as_of FROM tag_value ORDER BY customer_id")
    assert again[0] == first[1], "C2's value has not changed"


async def test_a_branch_s_tag_is_of_its_own_customers(three: list[int]) -> None:
    await live_tag("stage", "text", {"field": "stage"}, values=["payer", "base", "credit"])
    await db.execute("UPDATE configuration SET branch = 'SH'")
    await db.execute("UPDATE revision SET number = number + 1")
    await computed()
    assert await values_of("stage") == {"C1": "payer", "C3": "credit"}


async def test_composite_tags_come_after_what_they_are_made_of(three: list[int]) -> None:
    await live_tag("vip")
    await live_tag("day", "number", {"field": "billing_day"})
    late = {"any": [{"tag": "day", "at_least": 15}, {"tag": "day", "exists": False}]}
    await live_tag("late", source={"expression": late})
    rest = {"all": [{"tag": "late", "is": True}, {"not": {"tag": "vip", "is": True}}]}
    await live_tag("a-rest", source={"expression": rest})
    await computed()
    assert await values_of("late") == {"C2": True, "C3": True}
    assert await values_of("a-rest") == {"C2": True, "C3": True}
    runs = await states()
    assert runs["day"]["as_of"] < runs["late"]["as_of"] < runs["a-rest"]["as_of"]
    assert {code: one["covered"] for code, one in runs.items()} == {"vip": 0, "day": 2, "late": 2, "a-rest": 2}
    assert await computed() == 0
    assert await broken() == []


async def test_what_a_file_tells_reaches_composite_tags_when_no_more_comes(
    three: list[int], time_machine: TimeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "QUIET", timedelta(hours=1))
    await live_tag("vip")
    await live_tag("plain", source={"expression": {"tag": "vip", "is": False}})
    await computed()
    assert await values_of("plain") == {"C1": True, "C2": True, "C3": True}
    await told("vip", ValueTold("C1", "true"), ValueTold("C2", "false"))
    assert await computed() == 0, "the file may go on"
    time_machine(hours=1)
    await computed()
    assert await values_of("plain") == {"C2": True, "C3": True}
    assert (await states())["vip"]["covered"] == 2


async def test_every_day_from_its_hour_on_and_not_before(three: list[int], time_machine: TimeMachine) -> None:
    hour = clock.now().astimezone(clock.SHANGHAI).hour
    await live_tag("stage", "text", {"field": "stage"}, values=["payer", "base", "credit"], refresh={"at_hour": hour})
    await computed()
    await db.execute("UPDATE customer SET stage = 'credit'")
    assert await computed() == 0
    time_machine(hours=22)
    assert await computed() == 0
    time_machine(hours=2)
    assert await computed() > 0
    assert await values_of("stage") == {"C1": "credit", "C2": "credit", "C3": "credit"}


async def test_imported_values_grow_old(three: list[int], time_machine: TimeMachine) -> None:
    await live_tag("score", "number", fresh_for_days=10)
    await told("score", ValueTold("C1", "1"), ValueTold("C2", "2"))
    await computed()
    time_machine(days=8)
    await told("score", ValueTold("C2", "2"))
    time_machine(days=3)
    await computed()
    assert await values_of("score") == {"C2": 2}


async def test_a_new_version_is_computed_at_once_and_an_ended_tag_s_values_go_away(three: list[int]) -> None:
    await live_tag("stage", "text", {"field": "stage"}, values=["payer"])
    await computed()
    await live_tag("stage", "text", {"field": "stage"}, values=["payer", "credit"])
    await computed()
    assert await values_of("stage") == {"C1": "payer", "C3": "credit"}
    await approvals.end(TAGS, "stage", MAKER)
    await computed()
    assert (await values_of("stage"), await states()) == ({}, {})
    await live_tag("stage", "number", {"field": "billing_day"})
    await computed()
    assert await values_of("stage") == {"C1": 5, "C3": 20}


async def test_a_paused_tag_stays_as_it_is_until_it_is_resumed(three: list[int], time_machine: TimeMachine) -> None:
    await live_tag("stage", "text", {"field": "stage"}, values=["payer", "base", "credit"])
    await computed()
    await approvals.pause(TAGS, "stage", MAKER)
    await db.execute("UPDATE customer SET stage = 'base'")
    time_machine(days=2)
    assert await computed() == 0
    assert (await values_of("stage"))["C1"] == "payer"
    await approvals.resume(TAGS, "stage", CHECKER)
    await computed()
    assert (await values_of("stage"))["C1"] == "base"


async def test_values_told_of_an_ended_tag_do_not_come_back_with_its_next_version(three: list[int]) -> None:
    await live_tag("vip")
    await told("vip", ValueTold("C1", "true"))
    await approvals.end(TAGS, "vip", MAKER)
    await live_tag("vip")
    await told("vip", ValueTold("C2", "true"))
    await computed()
    assert await values_of("vip") == {"C2": True}


@pytest.fixture
def small_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run has many."""
    monkeypatch.setattr(plan, "SET", 3)


@pytest.mark.usefixtures("small_sets")
async def test_a_run_that_is_killed_in_every_set_comes_to_the_same(database: str) -> None:
    numbers = [f"C{number:02d}" for number in range(10)]
    ids = await people(*numbers)
    await events.ingest([purchase(number, 100 + place) for place, number in enumerate(numbers)])
    await live_tag("spent", "number", {"transactions": {"item": "purchase.amount", "days": 2}})
    await live_tag("much", source={"expression": {"tag": "spent", "at_least": 105}})
    killed = 0
    while True:
        before = await states()
        steps = await killed_where_it_writes(ids)
        if steps is None:
            killed += 1
            assert await states() == before, "nothing of the set stays"
            await tags.compute_next()
        elif not steps:
            break
    assert killed == 7, "in four sets of the one, and in three of the other somebody has it"
    assert await values_of("spent") == {number: 100 + place for place, number in enumerate(numbers)}
    assert await values_of("much") == dict.fromkeys(numbers[5:], True)
    runs = await states()
    assert (runs["spent"]["covered"], runs["much"]["covered"]) == (10, 5)
    assert await broken() == []


async def killed_where_it_writes(ids: list[int]) -> int | None:
    """A step of a worker that is killed while it waits for customers: None; what it did, where it waited for none."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM customer%'"
    held, step = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with db.transaction() as connection:
            await customers.lock(connection, ids)
            held.set()
            await step.wait()

    holding = asyncio.create_task(hold())
    await held.wait()
    running = asyncio.create_task(tags.compute_next())
    while not running.done() and not await db.fetchval(waiting):
        await asyncio.sleep(0.005)
    running.cancel()
    [outcome] = await asyncio.gather(running, return_exceptions=True)
    step.set()
    await holding
    return outcome if isinstance(outcome, int) else None


@pytest.mark.usefixtures("small_sets")
async def test_several_workers_share_the_work(database: str) -> None:
    numbers = [f"C{number:02d}" for number in range(20)]
    await people(*numbers)
    codes = [f"t{number}" for number in range(4)]
    for code in codes:
        await live_tag(code, "text", {"field": "stage"}, values=["base"])
    steps = await asyncio.gather(*(computed() for _ in range(4)))
    assert sum(steps) == 4 * (1 + 7 + 1), "each: begun, seven sets, finished"
    for code in codes:
        assert await values_of(code) == dict.fromkeys(numbers, "base")


async def test_nothing_is_written_of_who_is_erased_meanwhile(three: list[int]) -> None:
    await live_tag("stage", "text", {"field": "stage"}, values=["payer", "base", "credit"])

    async def leave(connection: Any) -> None:
        await customers.lock(connection, [three[0]])
        await tags.erase(connection, three[0])
        await customers.erase(connection, three[0])

    await overtaken(leave, computed)
    assert set(await values_of("stage")) == {"C2", "C3"}
    await tags_erased(three[1])
    assert set(await values_of("stage")) == {"C3"}
    assert catalogue.live.keys() == {"stage"}


async def tags_erased(customer_id: int) -> None:
    async with db.transaction() as connection:
        await customers.lock(connection, [customer_id])
        await tags.erase(connection, customer_id)
        await customers.erase(connection, customer_id)
