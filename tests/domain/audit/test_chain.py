"""The trail: written with the act or not at all, in one chain, append-only; whatever is done to it shows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from domain import audit
from domain.audit import Entry, Verification
from kit import database as db

ACTS = ("coupon_issue.make", "coupon_issue.approve", "debt.write_off", "session.open", "customer.reveal")


def act(action: str, *, operator: str = "hq-maker", branch: str = "HQ", subject: str = "things/1") -> Entry:
    return Entry(7, operator, branch, action, subject, {"b": [1, None], "a": "说明"})


async def write(*entries: Entry) -> None:
    for entry in entries:
        async with db.transaction() as connection:
            await audit.record(connection, entry)


async def kinds(known_head: tuple[int, str] | None = None) -> list[tuple[int, str]]:
    return [(one.number, one.kind) for one in (await audit.verify(known_head)).breaks]


@pytest.fixture
async def trail(database: str) -> None:
    await write(*map(act, ACTS))


@pytest.fixture
async def intruder(trail: None) -> AsyncIterator[asyncpg.Connection]:
    """A superuser who silences the triggers."""
    async with db.connection() as connection:
        await connection.execute("SET session_replication_role = replica")
        try:
            yield connection
        finally:
            await connection.execute("SET session_replication_role = origin")


async def test_entries_stand_in_order_and_verify(trail: None) -> None:
    found = await audit.list_(None, audit.Filter(), None, 10)
    assert [one.action for one in reversed(found)] == list(ACTS)
    assert [one.number for one in found] == [5, 4, 3, 2, 1]
    assert (found[-1].previous_hash, found[0].detail) == (audit.NO_HASH, '{"a":"说明","b":[1,null]}')
    verified = await audit.verify()
    assert verified == Verification(5, 0, 5, found[0].hash, 0, [])


async def test_an_act_that_is_rolled_back_leaves_no_entry(database: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as connection:
            await audit.record(connection, act("lost"))
            raise ZeroDivisionError
    async with db.transaction() as connection:
        await audit.record(connection, act("kept.first"))
        with pytest.raises(ZeroDivisionError):
            async with db.transaction() as inner:
                await audit.record(inner, act("lost.too"))
                raise ZeroDivisionError
        await audit.record(connection, act("kept.second"))
    assert [one.action for one in await audit.list_(None, audit.Filter(), None, 10)] == ["kept.second", "kept.first"]
    assert await kinds() == []


async def test_acts_at_the_same_time_make_one_chain(database: str) -> None:
    await asyncio.gather(*(write(act(f"act.{number}")) for number in range(40)))
    verified = await audit.verify()
    assert (verified.entries, verified.head_number, verified.breaks) == (40, 40, [])


async def test_the_head_is_held_only_while_an_entry_is_written(database: str) -> None:
    async with db.transaction() as connection:
        await audit.record(connection, act("slow"))
        # The first one has said what to record and goes on working; another one is done meanwhile.
        await asyncio.wait_for(asyncio.create_task(_elsewhere(act("quick"))), 10)
    assert [one.action for one in await audit.list_(None, audit.Filter(), None, 10)] == ["slow", "quick"]


async def _elsewhere(entry: Entry) -> None:
    db._transaction.set(None)
    await write(entry)


@pytest.mark.parametrize("table", ["audit_entry", "audit_anchor"])
@pytest.mark.parametrize("change", ["UPDATE {} SET hash = hash", "DELETE FROM {}", "TRUNCATE {}"])
async def test_nobody_changes_or_removes_entries(trail: None, table: str, change: str) -> None:
    await audit.anchor()
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await db.execute(change.format(table))
    assert await db.fetchval(f"SELECT count(*) FROM {table}") > 0


async def test_an_altered_entry_is_found(intruder: asyncpg.Connection) -> None:
    columns = {
        row["column_name"]
        for row in await intruder.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_entry'"
        )
    }
    altered = (
        ("at", "at + interval '1 second'"),
        ("operator_id", "8"),
        ("operator", "'somebody'"),
        ("branch", "'SH'"),
        ("action", "'nothing'"),
        ("subject", "'things/2'"),
        ("detail", "'{}'"),
        ("previous_hash", "repeat('1', 64)"),
        ("hash", "repeat('1', 64)"),
    )
    assert {column for column, _ in altered} == columns - {"number"}
    for column, value in altered:
        before = await intruder.fetchval(f"SELECT {column} FROM audit_entry WHERE number = 3")
        await intruder.execute(f"UPDATE audit_entry SET {column} = {value} WHERE number = 3")
        assert (3, "altered") in await kinds(), column
        await intruder.execute(f"UPDATE audit_entry SET {column} = $1 WHERE number = 3", before)
        assert await kinds() == []
    await intruder.execute("UPDATE audit_entry SET number = 300 WHERE number = 3")
    assert {(4, "missing"), (300, "altered"), (300, "missing")} <= set(await kinds())


async def test_an_entry_altered_together_with_its_hash_is_found_at_the_next(intruder: asyncpg.Connection) -> None:
    [kept] = [one for one in await audit.list_(None, audit.Filter(), None, 10) if one.number == 3]
    forged = audit.entry.chained(3, kept.at, act("harmless"), kept.previous_hash)
    await intruder.execute("UPDATE audit_entry SET action = 'harmless', hash = $1 WHERE number = 3", forged.hash)
    assert await kinds() == [(4, "relinked")]


async def test_a_removed_entry_is_found(intruder: asyncpg.Connection) -> None:
    await intruder.execute("DELETE FROM audit_entry WHERE number = 3")
    assert await kinds() == [(4, "missing")]
    await intruder.execute("UPDATE audit_entry SET number = number - 1 WHERE number > 3")
    assert (3, "relinked") in await kinds()
    await intruder.execute("DELETE FROM audit_entry WHERE number = 1")
    assert (2, "missing") in await kinds()


async def test_an_inserted_entry_is_found(intruder: asyncpg.Connection) -> None:
    await intruder.execute("UPDATE audit_entry SET number = number + 100 WHERE number > 3")
    await intruder.execute("UPDATE audit_entry SET number = number - 99 WHERE number > 100")
    before = await intruder.fetchrow("SELECT * FROM audit_entry WHERE number = 3")
    assert before is not None
    forged = audit.entry.chained(4, before["at"], act("invented"), before["hash"])
    await intruder.execute(
        """INSERT INTO audit_entry SELECT $1, at, operator_id, operator, branch, 'invented', subject, detail, $2, $3
           FROM audit_entry WHERE number = 3""",
        4,
        before["hash"],
        forged.hash,
    )
    assert {kind for number, kind in await kinds() if number >= 5} >= {"altered", "relinked"}


async def test_reordered_entries_are_found(intruder: asyncpg.Connection) -> None:
    await intruder.execute("UPDATE audit_entry SET number = 99 WHERE number = 2")
    await intruder.execute("UPDATE audit_entry SET number = 2 WHERE number = 3")
    await intruder.execute("UPDATE audit_entry SET number = 3 WHERE number = 99")
    found = await kinds()
    assert {(2, "altered"), (3, "altered"), (2, "relinked"), (3, "relinked"), (4, "relinked")} <= set(found)


async def test_a_tail_that_was_anchored_cannot_be_cut_off(intruder: asyncpg.Connection) -> None:
    assert await audit.anchor() == 1
    assert await audit.anchor() == 0
    assert await kinds() == []
    await intruder.execute("DELETE FROM audit_entry WHERE number > 3")
    assert await kinds() == [(5, "cut_off")]
    await intruder.execute("DELETE FROM audit_entry")
    assert await kinds() == [(5, "cut_off")]


async def test_a_tail_cut_off_with_its_anchor_shows_against_a_head_kept_elsewhere(
    intruder: asyncpg.Connection,
) -> None:
    head = await audit.verify()
    await intruder.execute("DELETE FROM audit_entry WHERE number > 3")
    assert await kinds() == []
    assert await kinds((head.head_number, head.head_hash)) == [(5, "cut_off")]


async def test_a_chain_written_anew_does_not_fit_its_anchor(intruder: asyncpg.Connection) -> None:
    await audit.anchor()
    await intruder.execute("DELETE FROM audit_entry")
    await intruder.execute("SET session_replication_role = origin")
    await write(*(act(f"other.{number}") for number in range(6)))
    assert await kinds() == [(5, "rewritten")]


async def test_an_anchor_cannot_be_made_without_the_key(intruder: asyncpg.Connection) -> None:
    await audit.anchor()
    await intruder.execute("DELETE FROM audit_entry WHERE number > 3")
    await intruder.execute("UPDATE audit_anchor SET number = 3, hash = (SELECT hash FROM audit_entry WHERE number = 3)")
    assert await kinds() == [(3, "forged_anchor")]


async def test_a_new_head_is_anchored_when_the_last_anchor_is_old_enough(trail: None) -> None:
    assert await audit.anchor() == 1
    await write(act("later"))
    assert await audit.anchor() == 0
    assert await audit.anchor(timedelta(0)) == 1


async def test_entries_are_found_by_what_they_say(trail: None) -> None:
    await write(
        act("coupon_issue.pause", operator="sh-maker", branch="SH", subject="coupon-issues/4"),
        act("coupon_issue.pause", operator="sh-maker", branch="SH", subject="coupon-issues/40"),
    )
    [last, *_] = await audit.list_(None, audit.Filter(), None, 10)

    async def numbers(within: list[str] | None = None, **by: object) -> list[int]:
        return [one.number for one in await audit.list_(within, audit.Filter(**by), None, 10)]  # type: ignore[arg-type]

    assert await numbers(operator="sh-maker") == [7, 6]
    assert await numbers(action="coupon_issue") == [7, 6, 2, 1]
    assert await numbers(action="coupon_issue.pause") == [7, 6]
    assert await numbers(subject="coupon-issues/4") == [6]
    assert await numbers(subject="coupon-issues") == [7, 6]
    assert await numbers(branch="SH") == [7, 6]
    assert await numbers(["SH"]) == [7, 6]
    assert await numbers(["SH"], branch="HQ") == []
    assert await numbers(from_=last.at) == [7]
    assert 7 not in await numbers(until=last.at)
    assert [one.number for one in await audit.list_(None, audit.Filter(), 4, 2)] == [3, 2]
    assert [[one.number for one in some] async for some in audit.stream(["SH"], audit.Filter())] == [[6, 7]]
