"""A live edit: its impact is known before, running claims stay or move as chosen, whatever happens meanwhile."""

import sys
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain import approvals, customers, events, outbox, reconciliation, tasks
from domain.events import Event
from domain.facts import ConfigurationLive, MigrationDue
from domain.tasks import TASKS, migrate
from domain.tasks.conditions import Span, exact_states, net
from kit import clock
from kit import database as db
from kit.errors import Conflict, RuleViolated
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.conditions.strategies import START, contents, histories
from tests.domain.tasks.making import (
    Condition,
    claim,
    claims_of,
    compiled,
    cumulative,
    experience_of,
    overtaken,
    purchase,
    refund,
    settle,
    task,
)
from tests.domain.tasks.time_machine import TimeMachine

_numbers = count(1)
pytestmark = pytest.mark.usefixtures("database")


def spend(amount_fen: int) -> Condition:
    return cumulative("purchase.amount", amount_fen, "claim")


async def draft(content: Condition, code: str = "spend", **more: Any) -> None:
    """A version in the making, beside the live one."""
    body = {"name": code, "kind": "growth", "content": content, "claim": more.pop("claim", {}), **more}
    await approvals.save_draft(TASKS, code, msgspec.convert(body, TASKS.definition), MAKER)


async def edit(content: Condition, **more: Any) -> approvals.Version:
    version = await task("spend", content, automatic=False, running_claims="migrate", **more)
    await settle()
    return version


async def spent(customer: str, amount_fen: int) -> None:
    await claim(customer, "spend")
    await events.ingest([purchase(customer, amount_fen, occurred_at=clock.now())])


async def claim_row(customer: str = "C1") -> Any:
    [row] = await claims_of(customer, "spend")
    return row


async def test_the_impact_is_told_before_and_comes_true(time_machine: TimeMachine) -> None:
    await task("spend", spend(1_000), automatic=False, rewards=[{"experience": 5}])
    for customer, amount in (("C1", 100), ("C2", 400), ("C3", 600), ("C4", 1_000)):
        await spent(customer, amount)
    await claim("C5", "spend")
    await settle()
    await draft(spend(500), running_claims="migrate")
    told = await tasks.impact("spend", MAKER)
    assert (told.live_version, told.draft_version, told.choice) == (1, 2, "migrate")
    assert (told.running_claims, told.would_complete, told.would_gain, told.would_lose, told.would_stay) == (
        4,
        1,
        2,
        0,
        1,
    )
    changes = {(one.customer_no, one.before, one.after) for one in told.examples}
    assert changes == {("C1", 10, 20), ("C2", 40, 80), ("C3", 60, 100)}
    assert [await experience_of(f"C{number}") for number in range(1, 6)] == [0, 0, 0, 5, 0]
    await edit(spend(500), rewards=[{"experience": 7}])
    assert [await experience_of(f"C{number}") for number in range(1, 6)] == [0, 0, 7, 5, 0]
    rows = await db.fetch("SELECT percent_before, percent_after FROM claim_move ORDER BY claim_id")
    assert [tuple(row) for row in rows] == [(10, 20), (40, 80), (60, 100), (0, 0)]
    assert await reconciliation.reconcile() == []


async def test_of_very_many_claims_a_share_is_looked_at_and_the_numbers_are_scaled() -> None:
    await task("spend", spend(1_000), automatic=False)
    for number in range(10):
        await spent(f"C{number}", 600 if number % 5 else 100)
    await draft(spend(500))
    told = await tasks.impact("spend", MAKER, most=4)
    assert (told.sampled, told.running_claims) == (True, 10)
    assert told.looked_at in (3, 4)
    total = told.would_complete + told.would_gain + told.would_lose + told.would_stay
    assert abs(total - 10) <= 1
    assert told.would_complete >= 5
    exact = await tasks.impact("spend", MAKER)
    assert (exact.sampled, exact.looked_at, exact.would_complete, exact.would_gain) == (False, 10, 8, 2)


async def test_claims_nothing_can_move_any_more_are_not_counted(time_machine: TimeMachine) -> None:
    await task("spend", spend(1_000), automatic=False, claim={"days_to_finish": 10})
    await spent("C1", 600)
    clock.advance(timedelta(days=12).total_seconds())
    await draft(spend(500))
    assert (await tasks.impact("spend", MAKER)).running_claims == 1
    clock.advance(timedelta(days=6).total_seconds())
    told = await tasks.impact("spend", MAKER)
    assert (told.running_claims, told.would_complete) == (0, 0)


async def test_who_asks_why_reads_that_a_new_version_moved_the_progress(time_machine: TimeMachine) -> None:
    await task("spend", spend(1_000), automatic=False)
    await spent("C1", 600)
    who, made = await customers.id_of("C1"), (await claim_row())["id"]
    before = await tasks.explain(who, made)
    assert (before.version, before.changed) == (1, None)
    await edit(spend(1_000))
    assert (await tasks.explain(who, made)).changed is None
    await edit(spend(2_000))
    after = await tasks.explain(who, made)
    today = clock.today()
    told = f"{today.month}月{today.day}日 任务要求有调整，进度由 60% 变为 30%"
    assert (after.version, after.changed) == (3, told)


async def test_a_harder_version_takes_progress_but_no_completion(time_machine: TimeMachine) -> None:
    await task("spend", spend(1_000), automatic=False, rewards=[{"experience": 5}])
    await spent("C1", 600)
    await spent("C2", 1_000)
    await settle()
    await draft(spend(2_000))
    told = await tasks.impact("spend", MAKER)
    assert (told.choice, told.running_claims, told.would_lose) == ("stay", 1, 1)
    await edit(spend(2_000))
    assert (await tasks.claim_of(await customers.id_of("C1"), (await claim_row())["id"])).percent == 30
    assert (await claim_row("C2"))["state"] == "rewarded"
    assert await experience_of("C2") == 5


async def test_claims_stay_where_nobody_chose_otherwise() -> None:
    old = await task("spend", spend(1_000), automatic=False)
    await spent("C1", 600)
    await task("spend", spend(500), automatic=False)
    await settle()
    row = await claim_row()
    assert (row["version_id"], row["state"]) == (old.id, "claimed")


async def test_a_claim_never_loses_time(time_machine: TimeMachine) -> None:
    await task("spend", spend(1_000), automatic=False, claim={"days_to_finish": 10})
    await claim("C1", "spend")
    before = (await claim_row())["expires_at"]
    await edit(spend(1_000), claim={"days_to_finish": 3})
    assert (await claim_row())["expires_at"] == before
    await edit(spend(1_000), claim={"days_to_finish": 30})
    assert (await claim_row())["expires_at"] == before + timedelta(days=20)
    await edit(spend(1_000), claim={})
    assert (await claim_row())["expires_at"] is None


async def test_expired_claims_stay_where_they_are(time_machine: TimeMachine) -> None:
    old = await task("spend", spend(1_000), automatic=False, claim={"days_to_finish": 1})
    await claim("C1", "spend")
    time_machine(days=2)
    await tasks.expire_due()
    await edit(spend(1), claim={"days_to_finish": 30})
    assert (await claim_row())["version_id"] == old.id


async def test_interrupted_after_each_page_it_goes_on_and_told_again_it_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["domain.tasks.migrate"], "PAGE", 3)
    await task("spend", spend(1_000), automatic=False)
    names = [f"C{number:02d}" for number in range(10)]
    for name in names:
        await spent(name, 600)
    version = await task("spend", spend(500), automatic=False, running_claims="migrate")
    while await outbox.relay_batch(1):
        pass
    assert {row["version_id"] for name in names for row in await claims_of(name, "spend")} == {version.id}
    async with db.transaction() as connection:
        await migrate(connection, [MigrationDue(version.id, 0), MigrationDue(version.id, 0)])
        await tasks.start_migration(connection, [ConfigurationLive("tasks", "spend", version.id)])
    await settle()
    assert await db.fetchval("SELECT count(*) FROM claim_move") == 10
    assert await db.fetchval("SELECT max(round) FROM claim") == 1


async def test_a_purchase_while_claims_move_counts_once(time_machine: TimeMachine) -> None:
    await task("spend", spend(1_000), automatic=False)
    await spent("C1", 100)
    version = await task("spend", spend(2_000), automatic=False, running_claims="migrate")
    bought = purchase("C1", 300, occurred_at=clock.now())

    async def move() -> None:
        async with db.transaction() as connection:
            await migrate(connection, [MigrationDue(version.id, 0)])

    await overtaken(lambda _: events.ingest([bought]), move)
    await events.ingest([purchase("C1", 50, occurred_at=clock.now()), refund(bought, 100)])
    view = await tasks.claim_of(await customers.id_of("C1"), (await claim_row())["id"])
    assert view.conditions[0].current == 350


async def test_only_the_newest_version_takes_over() -> None:
    await task("spend", spend(1_000), automatic=False)
    await spent("C1", 600)
    second = await task("spend", spend(700), automatic=False, running_claims="migrate")
    third = await task("spend", spend(500), automatic=False, running_claims="migrate")
    await settle()
    assert (await claim_row())["version_id"] == third.id
    moved = await db.fetch("SELECT before_version_id, after_version_id FROM claim_move")
    assert second.id not in {row["after_version_id"] for row in moved}


@pytest.mark.parametrize("claim_terms", [{"cycle": "weekly"}, {"mode": "automatic"}])
async def test_neither_cycle_nor_mode_can_change_under_a_claim(claim_terms: dict[str, str]) -> None:
    await task("spend", spend(1_000), automatic=False)
    with pytest.raises(RuleViolated) as refused:
        await draft(spend(500), running_claims="migrate", claim=claim_terms)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("running_claims", "task.cannot_migrate")]
    await draft(spend(500), running_claims="stay", claim=claim_terms)


async def test_without_a_version_in_the_making_there_is_no_impact() -> None:
    await task("spend", spend(1_000), automatic=False)
    with pytest.raises(Conflict, match=r"configuration\.no_draft"):
        await tasks.impact("spend", MAKER)


@settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking over a database takes minutes
)
@given(contents(2), contents(2), st.lists(histories(0, 8), min_size=1, max_size=4))
async def test_any_edit_does_what_its_impact_said_and_what_a_plain_count_finds(
    database: str, time_machine: TimeMachine, before: Condition, after: Condition, told: list[list[Event]]
) -> None:
    code = f"any-{next(_numbers)}"
    clock.advance((START - clock.now()).total_seconds())
    await task(code, before, automatic=False)
    names = [f"{code}-{place}" for place in range(len(told))]
    for name in names:
        await claim(name, code)
    clock.advance(timedelta(days=21).total_seconds())
    for name, history in zip(names, told, strict=True):
        await events.ingest([named(event, name) for event in history])
    running = await db.fetch("SELECT * FROM claim WHERE task = $1 AND state = 'claimed' ORDER BY id", code)
    await draft(after, code, running_claims="migrate")
    found = await tasks.impact(code, MAKER)
    assert found.running_claims == len(running)
    await task(code, after, automatic=False, running_claims="migrate")
    await settle()

    moves = await db.fetch(
        """SELECT m.percent_before AS was, m.percent_after AS became, c.customer_no FROM claim_move m
           JOIN claim k ON k.id = m.claim_id JOIN customer c ON c.id = k.customer_id WHERE k.task = $1""",
        code,
    )
    complete = [move for move in moves if move["became"] == 100]
    less, same = (
        [move for move in moves if compare(move["became"], move["was"]) and move["became"] < 100]
        for compare in (int.__lt__, int.__eq__)
    )
    assert (found.would_complete, found.would_lose, found.would_stay) == (len(complete), len(less), len(same))
    assert found.would_gain == len(moves) - len(complete) - len(less) - len(same)
    program = compiled(after)
    for move in moves:
        history = told[names.index(move["customer_no"])]
        span = Span(running[0]["claimed_at"], None)
        expected = program.percent(exact_states(program.leaves, net(history), span))
        assert move["became"] == expected


def named(event: Event, customer: str) -> Event:
    """The event of another customer, under ids of its own."""
    original = f"{customer}{event.original_event_id}" if event.original_event_id else None
    ids = {"event_id": f"{customer}{event.event_id}", "original_event_id": original}
    return msgspec.structs.replace(event, customer_no=customer, **ids)
