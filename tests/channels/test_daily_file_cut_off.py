"""The T+1 file: everything once, wherever the work was cut off."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.card_core import daily_file, flat_file
from channels.card_core.daily_file import Inbox
from domain.intake import take_rows
from kit import database
from tests.channels.daily_inbox import DAY, at, counts, events, files, states, take_two_batches
from tests.channels.told_events import COLUMNS, as_csv, lay, stored, told

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """On the morning after `DAY`, before its file is due."""
    at("2026-11-02 08:00", monkeypatch)
    monkeypatch.setattr(daily_file, "ROWS_AT_ONCE", 10)
    return Inbox(tmp_path, due_hour=10)


async def test_a_file_that_was_cut_off_goes_on_where_it_stopped(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(inbox.folder, DAY, events(35))
    await take_two_batches(inbox, monkeypatch)
    [file] = await files()
    assert (file["state"], counts(file), len(await stored())) == ("ingesting", (35, 20, 0, 0, 0), 20)
    assert await inbox.take_files() == 15
    [file] = await files()
    assert (file["state"], counts(file), len(await stored())) == ("done", (35, 35, 0, 0, 0), 35)


async def test_rows_and_position_are_committed_together(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(inbox.folder, DAY, [*events(9), told("bad", amount_fen=-1)])

    async def power_cut(*_: object) -> None:
        raise SystemError("power cut")

    with monkeypatch.context() as cut:
        cut.setattr(sys.modules["domain.intake.take_rows"], "park", power_cut)
        with pytest.raises(SystemError):
            await inbox.take_files()
    [file] = await files()
    assert (file["state"], file["position"], await stored()) == ("verified", 0, [])
    assert await inbox.take_files() == 10
    assert counts((await files())[0]) == (10, 9, 0, 0, 1)


async def test_a_file_replaced_while_being_taken_stops_and_its_original_goes_on(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(inbox.folder, DAY, events(25))

    async def replaced(*arguments: Any) -> Any:
        taken = await take_rows(*arguments)
        (inbox.folder / DAY).write_bytes(as_csv(events(24, mcc="5541")))
        return taken

    with monkeypatch.context() as change:
        change.setattr(daily_file.intake, "take_rows", replaced)
        await inbox.take_files()
    assert (await states(), len(await stored())) == (["ingesting"], 10)
    assert (await inbox.take_files(), await states()) == (0, ["mismatching"])
    lay(inbox.folder, DAY, events(24, mcc="5541"))
    assert (await inbox.take_files(), await states()) == (0, ["mismatching", "mismatching"])
    lay(inbox.folder, DAY, events(25))
    assert await inbox.take_files() == 25
    assert counts((await files())[2]) == (25, 15, 10, 0, 0)


async def test_workers_at_one_inbox_take_every_row_once(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(inbox.folder, DAY, events(200))
    await take_two_batches(inbox, monkeypatch)
    await asyncio.gather(*(inbox.take_files() for _ in range(3)))
    await inbox.take_files()
    [file] = await files()
    assert (file["state"], counts(file), len(await stored())) == ("done", (200, 200, 0, 0, 0), 200)


async def test_an_empty_day_is_done_and_strangers_are_left_alone(inbox: Inbox) -> None:
    lay(inbox.folder, DAY, [])
    for stranger in ("events-20261301.csv", "events-20261101.csv.tmp", "unionpay-20261101.csv", "notes.ok", ".ok"):
        (inbox.folder / stranger).write_text("?")
    (inbox.folder / "events-20261102").mkdir()
    assert await inbox.take_files() == 0
    assert [(file["name"], file["state"], counts(file)) for file in await files()] == [(DAY, "done", (0, 0, 0, 0, 0))]


async def test_a_file_that_cannot_be_read_holds_up_no_other(inbox: Inbox) -> None:
    lay(inbox.folder, DAY, events(2))
    (inbox.folder / DAY).unlink()
    os.mkdir(inbox.folder / DAY)
    lay(inbox.folder, "events-20261102.csv", events(3))
    assert (await inbox.take_files(), await states()) == (3, ["waiting", "done"])


async def test_the_database_refuses_to_take_a_name_twice(inbox: Inbox) -> None:
    lay(inbox.folder, DAY, events(2))
    await inbox.take_files()
    with pytest.raises(asyncpg.UniqueViolationError, match="taken_once"):
        await database.execute(
            """INSERT INTO daily_file (name, delivery, business_date, state, digest, rows, position, accepted,
                                       duplicates, suspended, rejected, noted_at, verified_at, finished_at)
               SELECT name, 2, business_date, state, digest, rows, position, accepted, duplicates, suspended, rejected,
                      noted_at, verified_at, finished_at FROM daily_file"""
        )
    with pytest.raises(asyncpg.CheckViolationError, match="finished_took_every_row"):
        await database.execute("UPDATE daily_file SET accepted = accepted - 1")


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "gb18030"]))
def test_no_row_can_break_the_reading(line: bytes, encoding: str) -> None:
    for row in line.split(b"\n"):
        flat_file.body_of(row, list(COLUMNS), encoding)
        flat_file.body_of(b"," * 15 + row, list(COLUMNS), encoding)
