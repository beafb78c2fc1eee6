"""The supplier's file of a day: what was used counts, every difference is listed by kind, the same file is the same."""

import hashlib
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from channels.suppliers.daily_file import SupplierInbox
from channels.suppliers.sandbox import Issue
from domain import customers, reconciliation, suppliers
from domain.benefits import vault, void
from kit import clock, database
from kit.errors import NotFound
from tests.domain.benefits.stage import benefit, grant
from tests.domain.coupons.stage import MAKER
from tests.domain.suppliers.twin import Twin

Told = tuple[str, str | None, str | None]


async def compared(twin: Twin, **wanted: Any) -> list[Told]:
    """Take the file of today; (kind, ours, theirs) of each difference."""
    await twin.make_file(**wanted)
    await SupplierInbox(twin.inbox).take_files()
    return await differences()


async def differences() -> list[Told]:
    found = await suppliers.reconciliation(MAKER, "films", clock.today(), None, 100)
    assert sum(found.counts.values()) == len(found.differences)
    return [(one.kind, one.ours, one.theirs) for one in found.differences]


async def three(twin: Twin, people: list[int]) -> list[str]:
    await twin.admit()
    await benefit("ticket", stock_mode="supplier_api", supplier="films")
    await grant(*((customer, "ticket", f"t{customer}") for customer in people[:3]))
    await suppliers.ask_suppliers()
    return [row[0] for row in await database.fetch("SELECT request_no FROM supplier_request ORDER BY id")]


async def states() -> list[str]:
    return [row[0] for row in await database.fetch("SELECT state FROM benefit_grant ORDER BY id")]


async def test_books_that_agree_have_no_differences_and_the_file_brings_what_no_callback_did(
    twin: Twin, people: list[int]
) -> None:
    first, second, _ = await three(twin, people)
    await twin.use(request_no=first)
    await twin.use(request_no=second, delivery="none")
    assert await states() == ["redeemed", "granted", "granted"]
    assert await compared(twin) == []
    assert await states() == ["redeemed", "redeemed", "granted"]
    found = await suppliers.reconciliation(MAKER, "films", clock.today(), None, 10)
    assert found.file is not None
    assert (found.file.state, found.file.rows, found.file.rejected) == ("taken", 5, 0)
    assert await reconciliation.reconcile() == []


async def test_every_kind_of_difference_is_found(twin: Twin, people: list[int]) -> None:
    first, second, third = await three(twin, people)
    await benefit("popcorn", codes=2, supplier="films", cost_fen=500)
    await grant((people[0], "popcorn", "p"))
    row = await database.fetchrow("SELECT sealed FROM benefit_code WHERE benefit = 'popcorn' AND grant_id IS NULL")
    assert row is not None
    # Theirs only: an issue we never asked for. Ours only: one they lost, and a callback they forgot.
    twin.books.book("films", Issue("NOBODYS", "ticket", "issued", "C9", clock.local_text(clock.now()), 2_000))
    twin.books._file.execute("DELETE FROM issue WHERE request_no = ?", (first,))
    await twin.use(request_no=first, usage_no="U1")
    twin.books._file.execute("DELETE FROM usage WHERE usage_no = 'U1'")
    # State differs: what we took back they have issued and seen used; a code of our stock was used.
    async with database.transaction() as connection:
        await customers.lock(connection, people)
        taken = await connection.fetchval("SELECT grant_id FROM supplier_request WHERE request_no = $1", second)
        await void(connection, [taken], "clawback")
    await twin.use(request_no=second, delivery="none")
    await twin.use(code=vault().open(row["sealed"]), delivery="none")
    # Cost differs; code unknown.
    twin.books._file.execute("UPDATE issue SET cost_fen = 2100 WHERE request_no = ?", (third,))
    await twin.use(code="nobody-knows", delivery="none")
    expected = [
        ("code_unknown", None, "used"),
        ("cost_differs", "issued", "issued"),
        ("ours_only", "issued", None),
        ("ours_only", "used", None),
        ("state_differs", "in_stock", "used"),
        ("state_differs", "voided", "issued"),
        ("state_differs", "voided", "used"),
        ("theirs_only", None, "issued"),
    ]
    found = await compared(twin)
    assert sorted(found, key=lambda one: tuple(text or "" for text in one)) == expected
    [cost] = [
        one
        for one in (await suppliers.reconciliation(MAKER, "films", clock.today(), None, 100)).differences
        if one.kind == "cost_differs"
    ]
    assert (cost.request_no, cost.ours_cost_fen, cost.theirs_cost_fen) == (third, 2_000, 2_100)
    # The same file again, then compared once more: the same.
    assert await compared(twin) == found
    assert await database.fetchval("SELECT count(*) FROM supplier_file") == 1
    assert await suppliers.compare_again("films") == {("films", clock.today()): len(expected)}
    assert await differences() == found
    assert await reconciliation.reconcile() == []


async def test_a_corrected_file_takes_the_place_of_the_first(twin: Twin, people: list[int]) -> None:
    first, *_ = await three(twin, people)
    twin.books._file.execute("UPDATE issue SET cost_fen = 1 WHERE request_no = ?", (first,))
    assert await compared(twin) == [("cost_differs", "issued", "issued")]
    twin.books._file.execute("UPDATE issue SET cost_fen = 2000 WHERE request_no = ?", (first,))
    assert await compared(twin) == []
    assert [row[0] for row in await database.fetch("SELECT delivery FROM supplier_file ORDER BY id")] == [1, 2]


async def test_a_usage_of_another_day_belongs_to_that_day(twin: Twin, people: list[int]) -> None:
    first, *_ = await three(twin, people)
    yesterday = clock.now() - timedelta(days=1)
    await twin.use(request_no=first, used_at=clock.local_text(yesterday))
    assert await compared(twin) == []
    await twin.make_file(day=clock.yesterday().isoformat())
    await SupplierInbox(twin.inbox).take_files()
    found = await suppliers.reconciliation(MAKER, "films", clock.yesterday(), None, 10)
    assert found.file is not None
    assert (found.file.rows, found.counts) == (1, {})


async def test_a_file_that_is_not_what_its_companion_says_changes_nothing(twin: Twin, people: list[int]) -> None:
    first, *_ = await three(twin, people)
    await twin.use(request_no=first, delivery="none")
    made = await twin.make_file()
    path = twin.inbox / "films" / made["name"]
    path.write_text(made["content"] + "more,used,x,,2026-11-01T12:00:00+08:00,\n")
    await SupplierInbox(twin.inbox).take_files()
    found = await suppliers.reconciliation(MAKER, "films", clock.today(), None, 10)
    assert found.file is not None
    assert (found.file.state, found.counts) == ("mismatching", {})
    assert "bytes" in (found.file.detail or "")
    assert await states() == ["granted"] * 3
    assert await compared(twin) == []
    assert await states() == ["redeemed", "granted", "granted"]


async def test_rows_that_cannot_be_read_are_counted_and_refuse_no_other(twin: Twin, people: list[int]) -> None:
    first, *_ = await three(twin, people)
    await twin.use(request_no=first, delivery="none")
    made = await twin.make_file()
    rows = [
        "R1,sold,x,,2026-11-01T12:00:00+08:00,1",
        "R2,used,x,y,2026-11-01T12:00:00+08:00,1",
        "R3,used,x,,yesterday,1",
        "R4",
    ]
    content = made["content"] + "".join(f"{row}\n" for row in rows)
    lay(twin, made["name"], content, 4 + 4, 6_000 + 3)
    await SupplierInbox(twin.inbox).take_files()
    found = await suppliers.reconciliation(MAKER, "films", clock.today(), None, 10)
    assert found.file is not None, found
    assert (found.file.state, found.file.rejected) == ("taken", 4), found.file
    assert (found.file.detail or "").count("row ") == 4
    assert await states() == ["redeemed", "granted", "granted"]


def lay(twin: Twin, name: str, content: str, rows: int, total: int) -> None:
    raw = content.encode()
    folder = twin.inbox / "films"
    (folder / name).write_bytes(raw)
    (folder / f"{name}.ok").write_text(f"{name}|{len(raw)}|{rows}|{total}|{hashlib.sha256(raw).hexdigest()}")


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe", b'record_no,kind,request_no,code,at,cost_fen\n"open'])
async def test_what_is_no_file_of_records_is_mismatching(twin: Twin, people: list[int], content: bytes) -> None:
    await three(twin, people)
    made = await twin.make_file()
    (twin.inbox / "films" / made["name"]).write_bytes(content)
    await SupplierInbox(twin.inbox).take_files()
    found = await suppliers.reconciliation(MAKER, "films", clock.today(), None, 10)
    assert found.file is not None
    assert found.file.state == "mismatching"


async def test_another_branch_sees_nothing(twin: Twin) -> None:
    await twin.admit()
    stranger = msgspec.structs.replace(MAKER, branch="SZ")
    for asking in (
        suppliers.reconciliation(stranger, "films", clock.today(), None, 10),
        suppliers.parked_usages(stranger, "films", None, 10),
        suppliers.waiting_requests(stranger, "films", None, 10),
    ):
        with pytest.raises(NotFound):
            await asking
