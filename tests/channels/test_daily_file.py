"""The T+1 file: nothing before it is verified."""

from datetime import date
from pathlib import Path

import pytest

from channels.card_core import daily_file
from channels.card_core.daily_file import Inbox
from channels.card_core.messages import take
from domain.intake import Message
from kit import database
from tests.channels.daily_inbox import DAY, GB_DAY, at, counts, events, files, states
from tests.channels.told_events import as_csv, companion_of, encoded, lay, parked, stored

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """On the morning after `DAY`, before its file is due."""
    at("2026-11-02 08:00", monkeypatch)
    monkeypatch.setattr(daily_file, "ROWS_AT_ONCE", 10)
    return Inbox(tmp_path, due_hour=10)


async def test_a_file_waits_for_its_companion(inbox: Inbox) -> None:
    lay(inbox.folder, DAY, events(25))
    companion = inbox.folder / f"{DAY}.ok"
    text = companion.read_text()
    companion.unlink()
    assert await inbox.take_files() == 0
    assert (await states(), await stored()) == (["waiting"], [])
    companion.write_text(text)
    assert await inbox.take_files() == 25
    [file] = await files()
    assert (file["state"], file["business_date"], counts(file)) == ("done", date(2026, 11, 1), (25, 25, 0, 0, 0))
    assert file["amount_fen"] == sum(100 + n for n in range(25))
    assert len(await stored()) == 25
    assert (await inbox.take_files(), await files()) == (0, [file])


async def test_a_companion_alone_waits_for_its_file(inbox: Inbox) -> None:
    lay(inbox.folder, DAY, events(3))
    content = (inbox.folder / DAY).read_bytes()
    (inbox.folder / DAY).unlink()
    assert (await inbox.take_files(), await states()) == (0, ["waiting"])
    (inbox.folder / DAY).write_bytes(content)
    assert (await inbox.take_files(), await states()) == (3, ["done"])


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, "events-20261102.csv", "names another file"),
        (1, "1", "bytes: the companion says 1"),
        (2, "11", "rows: the companion says 11, the file has 10"),
        (3, "1046", "amount_fen: the companion says 1046, the file has 1045"),
        (4, "0" * 64, "digest: the companion says 000"),
        (4, "short", "not name|bytes|rows|sum|SHA-256"),
    ],
)
async def test_a_file_that_is_not_what_its_companion_says_waits_for_operators(
    inbox: Inbox, place: int, value: str, reason: str
) -> None:
    lay(inbox.folder, DAY, events(10))
    companion = inbox.folder / f"{DAY}.ok"
    right = companion.read_text()
    said = right.strip().split("|")
    said[place] = value
    companion.write_text("|".join(said))
    assert await inbox.take_files() == 0
    [file] = await files()
    assert (file["state"], await stored()) == ("mismatching", [])
    assert reason in file["detail"]
    assert (await inbox.take_files(), await states()) == (0, ["mismatching"])
    companion.write_text(right)
    assert (await inbox.take_files(), await states()) == (10, ["mismatching", "done"])


@pytest.mark.parametrize(
    "header", ["event_id,type,customer_no", "event_id,type,customer_no,occurred_at,pan", "event_id,type,type", "", '"']
)
async def test_a_file_with_other_columns_is_not_taken(inbox: Inbox, header: str) -> None:
    content = f"{header}\nT1,purchase,C1\n".encode()
    (inbox.folder / DAY).write_bytes(content)
    (inbox.folder / f"{DAY}.ok").write_text(companion_of(DAY, content, 1, 0))
    assert (await inbox.take_files(), await states(), await stored()) == (0, ["mismatching"], [])


async def test_the_same_file_again_has_no_effect_and_another_waits_for_operators(inbox: Inbox) -> None:
    lay(inbox.folder, DAY, events(12))
    assert await inbox.take_files() == 12
    before = await stored()
    lay(inbox.folder, DAY, events(12))
    assert (await inbox.take_files(), await states()) == (0, ["done", "duplicate"])
    lay(inbox.folder, DAY, events(13))
    assert (await inbox.take_files(), await states()) == (0, ["done", "duplicate", "mismatching"])
    assert "another content" in (await files())[2]["detail"]
    assert await stored() == before
    lay(inbox.folder, "events-20261101-02.csv", events(13))
    assert await inbox.take_files() == 13
    assert counts((await files())[3]) == (13, 1, 12, 0, 0)


async def test_a_day_without_a_file_is_missing_and_its_file_is_late(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(inbox.folder, "events-20261031.csv", events(2))
    await inbox.take_files()
    at("2026-11-02 09:59", monkeypatch)
    await inbox.take_files()
    assert await states() == ["done"]
    at("2026-11-02 10:00", monkeypatch)
    for _ in range(2):
        await inbox.take_files()
        assert [(file["state"], file["business_date"]) for file in await files()][1:] == [
            ("missing", date(2026, 11, 1))
        ]
    lay(inbox.folder, GB_DAY, events(4))
    (inbox.folder / f"{GB_DAY}.ok").rename(inbox.folder / "aside")
    await inbox.take_files()
    assert await states() == ["done", "waiting"]
    (inbox.folder / "aside").rename(inbox.folder / f"{GB_DAY}.ok")
    assert (await inbox.take_files(), await states()) == (4, ["done", "late"])
    at("2026-11-05 11:00", monkeypatch)
    await inbox.take_files()
    assert [file["business_date"].day for file in await files() if file["state"] == "missing"] == [2, 3, 4]


async def test_a_late_file_whose_first_delivery_was_wrong_is_late_still(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2026-11-02 12:00", monkeypatch)
    await inbox.take_files()
    lay(inbox.folder, DAY, events(4), rows=5)
    await inbox.take_files()
    lay(inbox.folder, DAY, events(4))
    await inbox.take_files()
    assert await states() == ["mismatching", "late"]


async def test_gb18030_is_declared_by_the_name(inbox: Inbox) -> None:
    names = ["中石化,“东”站", "㐂寿司𠮷", 'a"b']
    told_there = [event | {"merchant": {"name": name}} for event, name in zip(events(3), names, strict=True)]
    lay(inbox.folder, GB_DAY, told_there)
    assert b"\xd6\xd0" in (inbox.folder / GB_DAY).read_bytes()
    await inbox.take_files()
    assert [row[7] for row in await stored()] == names
    content = b"\xef\xbb\xbf" + as_csv(told_there)
    (inbox.folder / DAY).write_bytes(content)
    (inbox.folder / f"{DAY}.ok").write_text(companion_of(DAY, content, 3, 303))
    await inbox.take_files()
    assert [counts(file) for file in await files()] == [(3, 3, 0, 0, 0), (3, 0, 3, 0, 0)]


async def test_bad_rows_are_parked_with_their_number_and_the_others_taken(inbox: Inbox) -> None:
    rows = as_csv(events(14, channel="银联")).splitlines(keepends=True)
    rows[3] = rows[3].replace("银联".encode(), b"\xff")
    rows[5] = b"too,few\r\n"
    rows[7] = rows[7].replace(b",106,", b",many,")
    rows[9] = rows[9].replace(b"T008", b'"T008')
    rows[12] = rows[12].replace(b"2026-11-01", b"2099-11-01")
    rows.insert(11, b"\r\n")
    content = b"".join(rows)
    (inbox.folder / DAY).write_bytes(content)
    amount = sum(100 + n for n in range(14)) - 104 - 106 - 108
    (inbox.folder / f"{DAY}.ok").write_text(companion_of(DAY, content, 14, amount))
    await inbox.take_files()
    [file] = await files()
    assert (file["state"], counts(file)) == ("done", (14, 9, 0, 0, 5))
    assert sorted(await parked()) == [
        (f"file:{DAY}:12", "occurred_at", "event.in_the_future"),
        (f"file:{DAY}:3", "", "invalid"),
        (f"file:{DAY}:5", "", "invalid"),
        (f"file:{DAY}:7", "amount_fen", "invalid"),
        (f"file:{DAY}:9", "", "invalid"),
    ]
    payload = await database.fetchval("SELECT payload FROM parked_message WHERE position LIKE '%:12'")
    assert payload == rows[13].strip()


async def test_what_the_stream_told_is_a_duplicate_and_what_differs_is_suspended(inbox: Inbox) -> None:
    there = events(6)
    await take([Message(f"redis:s:{n}", encoded(event)) for n, event in enumerate(there[:4])])
    lay(inbox.folder, DAY, [there[0] | {"amount_fen": 1}, *there[1:]])
    await inbox.take_files()
    assert counts((await files())[0]) == (6, 2, 4, 1, 0)
    assert await database.fetchval("SELECT event_id FROM suspended_event") == "T000"
