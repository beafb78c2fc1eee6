"""Members are worked out, held, and asked for one by one."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import msgspec
import pytest
from pyroaring import BitMap64

from domain import approvals, audiences, customers
from domain.audiences import AUDIENCES
from domain.audiences.refresh_next import LOCK
from kit import clock
from kit import database as db
from tests.domain.audiences.stage import (
    audience,
    customer,
    document,
    entered,
    hearing,
    holds,
    inside,
    put,
    standing,
    worked_out,
)
from tests.domain.coupons.stage import CHECKER, MAKER, publish
from tests.domain.tasks.time_machine import TimeMachine

WORK: Any = import_module("domain.audiences.refresh_next")


async def test_nobody_is_member_of_what_is_not_there(database: str) -> None:
    assert not audiences.contains("nobody", 1)
    assert audiences.which(["nobody"], 1) == frozenset()
    assert [one.code for one in await audiences.faults("visible.audience", ["nobody"])] == [
        "audience.unknown_reference"
    ]


async def test_members_are_those_the_rule_holds_for(database: str) -> None:
    payer, base = await customer(stage="payer"), await customer()
    await audience("payers")
    assert inside("payers", [payer, base]) == {payer}
    assert audiences.which(["payers", "others"], payer) == {"payers"}
    assert await audiences.faults("audience", ["payers"]) == []
    async with db.connection() as connection:
        assert set(await audiences.members(connection, "payers")) == {payer}
    await holds()


async def test_a_draft_has_no_members(database: str) -> None:
    payer = await customer(stage="payer")
    await approvals.save_draft(AUDIENCES, "payers", msgspec.convert(document(), AUDIENCES.definition), MAKER)
    assert await worked_out() == 0
    assert inside("payers", [payer]) == set()


async def test_paused_or_ended_it_contains_nobody(database: str) -> None:
    payer = await customer(stage="payer")
    await audience("payers")
    await approvals.pause(AUDIENCES, "payers", MAKER)
    await audiences.catalogue.refresh()
    assert inside("payers", [payer]) == set()
    async with db.connection() as connection:
        assert not await audiences.members(connection, "payers")
    await approvals.resume(AUDIENCES, "payers", CHECKER)
    await audiences.catalogue.refresh()
    assert inside("payers", [payer]) == {payer}
    await approvals.end(AUDIENCES, "payers", MAKER)
    await audiences.catalogue.refresh()
    assert inside("payers", [payer]) == set()
    assert await audiences.faults("audience", ["payers"]) != []


async def test_whoever_follows_the_live_set_sees_an_audience_end(database: str) -> None:
    payer = await customer(stage="payer")
    await audience("payers")
    await approvals.end(AUDIENCES, "payers", MAKER)
    async with db.transaction() as connection:
        await audiences.catalogue.follow(await approvals.share_live_set(connection))
    assert inside("payers", [payer]) == set()


async def test_members_stay_as_they_were_until_the_next_day(database: str, time_machine: TimeMachine) -> None:
    first, second = await customer(stage="payer"), await customer()
    await audience("payers", refresh={"daily_at": 3})
    await put(first, stage="base")
    await put(second, stage="payer")
    assert await worked_out() == 0
    assert inside("payers", [first, second]) == {first}
    due = (await standing("payers"))["due_at"]
    local = due.astimezone(clock.SHANGHAI)
    assert (local.hour, local.minute) == (3, 0)
    assert timedelta() < due - clock.now() <= timedelta(days=1)
    time_machine(seconds=(due - clock.now()).total_seconds())
    assert await worked_out() == 1
    assert inside("payers", [first, second]) == {second}


async def test_what_is_worked_out_once_stays(database: str, time_machine: TimeMachine) -> None:
    first, second = await customer(stage="payer"), await customer()
    await audience("payers", refresh="once")
    await put(second, stage="payer")
    time_machine(days=3)
    assert await worked_out() == 0
    assert inside("payers", [first, second]) == {first}
    # A new version is another matter.
    await audience("payers", refresh="once")
    assert inside("payers", [first, second]) == {first, second}


async def test_those_who_entered_are_told_of_once(database: str, time_machine: TimeMachine) -> None:
    first, second = await customer(stage="payer"), await customer()
    with hearing():
        await audience("payers")
        assert await entered() == [("payers", [first])]
        await put(second, stage="payer")
        time_machine(days=1)
        await worked_out()
        assert await entered() == [("payers", [second])]
        await put(first, stage="base")
        time_machine(days=1)
        await worked_out()
        assert await entered() == []
        await put(first, stage="payer")
        time_machine(days=1)
        await worked_out()
        assert await entered() == [("payers", [first])]


async def test_many_who_entered_are_told_of_in_parts(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORK, "PER_FACT", 2)
    everybody = [await customer(stage="payer") for _ in range(5)]
    with hearing():
        await audience("payers")
        assert await entered() == [
            ("payers", everybody[:2]),
            ("payers", everybody[2:4]),
            ("payers", everybody[4:]),
        ]


async def test_a_branchs_audience_has_its_own_customers_only(database: str) -> None:
    await db.execute("INSERT INTO branch (code, name, parent_id) VALUES ('SH', 's', 'HQ'), ('PD', 'p', 'SH')")
    own, below, foreign, nobodys = [await customer(stage="payer", branch=branch) for branch in ("SH", "PD", "BJ", None)]
    await audience("all")
    version = await publish(AUDIENCES, "ours", document())
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE id = $1", version.id)
    combined = await publish(AUDIENCES, "combined", document(combination={"all": ["all"]}))
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE id = $1", combined.id)
    await worked_out()
    everybody = [own, below, foreign, nobodys]
    assert inside("all", everybody) == set(everybody)
    assert inside("ours", everybody) == {own, below}
    assert inside("combined", everybody) == {own, below}


async def test_visitors_and_erased_customers_are_members_of_nothing(database: str) -> None:
    visitor, gone = await customer(stage="payer", customer_no=None), await customer(stage="payer")
    await put(gone, erased_at=clock.now())
    await audience("payers")
    await audience("others", combination={"not": ["payers"]})
    assert inside("payers", [visitor, gone]) == inside("others", [visitor, gone]) == set()


async def test_a_customer_who_is_erased_leaves_at_once(database: str) -> None:
    gone, other = await customer(stage="payer"), await customer(stage="payer")
    await audience("payers")
    await audience("alone", rule={"field": "customer_no", "in": [await number(gone)]})
    async with db.transaction() as connection:
        await audiences.erase(connection, gone)
    await audiences.catalogue.refresh()
    assert inside("payers", [gone, other]) == {other}
    assert inside("alone", [gone]) == set()
    await holds()


async def number(customer_id: int) -> str:
    return str(await db.fetchval("SELECT customer_no FROM customer WHERE id = $1", customer_id))


async def test_what_fails_waits_and_holds_nobody_up(database: str, time_machine: TimeMachine) -> None:
    payer = await customer(stage="payer")
    await publish(AUDIENCES, "broken", document())
    # A rule that was good when it was written and is none any more.
    await db.execute(
        """UPDATE configuration SET body = jsonb_set(body, '{rule}', '{"did": "purchase", "where":
           {"attributes.x": {"in": [1e400]}}}'::jsonb) WHERE code = 'broken'"""
    )
    await audience("payers")
    assert inside("payers", [payer]) == {payer}
    broken = await standing("broken")
    assert broken["failure"]
    assert broken["due_at"] > clock.now()
    assert not broken["edition"]
    await db.execute(
        """UPDATE configuration SET body = jsonb_set(body, '{rule}', '{"field": "level", "at_least": 0}')
           WHERE code = 'broken'"""
    )
    time_machine(minutes=6)
    assert await worked_out() == 1
    assert (await standing("broken"))["failure"] is None
    assert inside("broken", [payer]) == {payer}


async def test_one_worker_works_at_an_audience(database: str) -> None:
    await publish(AUDIENCES, "payers", document())
    async with db.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1, hashtext('payers'))", LOCK)
        assert await audiences.refresh_next() == 0
    assert await audiences.refresh_next() == 1
    assert await audiences.refresh_next() == 0


async def test_what_changed_while_it_was_worked_out_is_not_overwritten(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer = await customer(stage="payer")
    await audience("payers", refresh="once")
    await db.execute("UPDATE audience SET due_at = $1", clock.now())
    looked_up = WORK.source

    async def and_then_changed(*given: Any) -> BitMap64:
        found = await looked_up(*given)
        await db.execute("UPDATE audience SET edition = edition + 1")
        return found

    monkeypatch.setattr(WORK, "source", and_then_changed)
    await put(payer, stage="base")
    assert await audiences.refresh_next() == 1
    await audiences.catalogue.refresh()
    assert inside("payers", [payer]) == {payer}
    assert (await standing("payers"))["due_at"] is not None


async def test_who_is_erased_while_it_is_worked_out_does_not_enter(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = await customer(stage="payer"), await customer(stage="payer")
    looked_up = WORK.source

    async def and_then_erased(*given: Any) -> BitMap64:
        found = await looked_up(*given)
        async with db.transaction() as connection:
            await customers.lock(connection, [gone])
            await audiences.erase(connection, gone)
            await customers.erase(connection, gone)
        return found

    monkeypatch.setattr(WORK, "source", and_then_erased)
    with hearing():
        await audience("payers", refresh="once")
        assert await entered() == [("payers", [other])]
    assert inside("payers", [gone, other]) == {other}
    await holds("customer.erased_as_asked")
