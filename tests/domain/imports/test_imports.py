"""What becomes of each kind of file, of bad rows and of bad files."""

import io
import zipfile

import pytest

from domain import imports
from domain.imports import ImportState
from domain.operators import OperatorIdentity, Role
from domain.reconciliation import reconcile
from kit import database as db
from kit.errors import Conflict, DomainError, Forbidden, NotFound
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.imports.stage import faults, pieces, received, taken, workbook, worked

SHANGHAI = OperatorIdentity(3, "sh", "", frozenset({Role.MAKER}), "SH")
SHENZHEN = OperatorIdentity(4, "sz", "", frozenset({Role.MAKER}), "SZ")
_CUSTOMERS = "customer_no,name,stage,branch,billing_day\nC1,张三,payer,SH,5\nC2,李四,,SZ,\n"


def counts(file: imports.ImportFile) -> tuple[str, int, int, int, int]:
    return file.state, file.rows, file.accepted, file.duplicates, file.faulty


async def customers_now() -> list[tuple[object, ...]]:
    sql = "SELECT customer_no, name, stage, branch, billing_day FROM customer ORDER BY customer_no"
    return [tuple(row) for row in await db.fetch(sql)]


@pytest.mark.parametrize(
    "content",
    [
        _CUSTOMERS.encode(),
        b"\xef\xbb\xbf" + _CUSTOMERS.encode(),
        _CUSTOMERS.encode("gb18030"),
        workbook([line.split(",") for line in _CUSTOMERS.splitlines()]),
        workbook(
            [
                ["Customer_No", "name", "stage", "branch", "billing_day"],
                ["C1", "张三", "payer", "SH", 5.0],
                ["C2", "李四", None, "SZ"],
            ]
        ),
    ],
    ids=["utf-8", "bom", "gb18030", "sheet", "sheet with numbers"],
)
async def test_customers_are_created_from_every_form_of_file(database: str, content: bytes) -> None:
    file = await taken("customers", content)
    assert counts(file) == ("done", 2, 2, 0, 0)
    assert await customers_now() == [("C1", "张三", "payer", "SH", 5), ("C2", "李四", "base", "SZ", None)]
    assert await db.fetchval("SELECT count(*) FROM import_part") == 0, "personal data stays behind"


async def test_an_empty_cell_leaves_what_is_known_and_the_same_again_is_a_duplicate(database: str) -> None:
    await taken("customers", _CUSTOMERS)
    file = await taken("customers", "customer_no,stage,name\nC1,credit,\nC2,base,李四\nC1,wealth,\n")
    assert counts(file) == ("done", 3, 1, 2, 0)
    assert (await customers_now())[0] == ("C1", "张三", "wealth", "SH", 5)


async def test_faulty_rows_are_listed_with_what_would_be_right_and_refuse_no_other(database: str) -> None:
    file = await taken(
        "customers", "customer_no,stage,billing_day\n,payer,\nC1,rich,\nC2,payer,32\nC3,payer,1\nC4,,,x\n"
    )
    assert counts(file) == ("done", 5, 1, 0, 4)
    assert await faults(file) == [
        (1, "customer_no", "row.missing"),
        (2, "stage", "row.invalid"),
        (3, "billing_day", "row.invalid"),
        (5, "", "row.too_many_cells"),
    ]
    assert [row[0] for row in await customers_now()] == ["C3"]


async def test_a_branch_touches_only_its_own_customers(database: str) -> None:
    await taken("customers", _CUSTOMERS)
    file = await taken("customers", "customer_no,name,branch\nC1,甲,\nC2,乙,\nC9,丙,\nC8,丁,SZ\n", operator=SHANGHAI)
    assert counts(file) == ("done", 4, 2, 0, 2)
    assert sorted(await faults(file, SHANGHAI)) == [
        (2, "customer_no", "customer.not_found"),
        (4, "branch", "import.foreign_branch"),
    ]
    assert [(row[0], row[1], row[3]) for row in await customers_now()] == [
        ("C1", "甲", "SH"),
        ("C2", "李四", "SZ"),
        ("C9", "丙", "SH"),
    ]
    with pytest.raises(NotFound):
        await imports.read(SHENZHEN, file.id)
    assert await imports.list_(SHENZHEN) == []


async def test_codes_are_kept_sealed_each_once(database: str) -> None:
    await benefit("latte", stock_mode="codes")
    file = await taken("benefit_codes", "code\nAAA-1\nAAA-2\nAAA-1\n\n", "latte")
    assert counts(file) == ("done", 3, 2, 1, 0)
    assert await db.fetchval("SELECT count(*) FROM benefit_code WHERE sealed LIKE '%AAA%'::bytea") == 0
    again = await taken("benefit_codes", "code\nAAA-2\nAAA-3\n", "latte")
    assert counts(again) == ("done", 2, 1, 1, 0)


async def test_events_take_effect_once_by_the_one_way_in(database: str) -> None:
    content = (
        "event_id,type,customer_no,occurred_at,amount_fen,mcc,attributes\n"
        "E1,purchase,C1,2026-01-01T12:00:00+08:00,30000,5541,\n"
        "E2,purchase,C1,2026-01-01T12:00:00+08:00,0,5541,\n"
        "E3,purchase,C1,2026-01-01T12:00:00,100,5541,\n"
        'E4,status,C2,2026-01-01T12:00:00+08:00,,,"{""name"": ""card.activated"", ""value"": true}"\n'
        "E5,status,C2,2026-01-01T12:00:00+08:00,,,{\n"
        "E1,purchase,C1,2026-01-01T12:00:00+08:00,30000,5541,\n"
        'E6,purchase,C1,2026-01-01T12:00:00+08:00,1,,"{""a"": ""\\u0000""}"\n'
        'E7,purchase,C1,2026-01-01T12:00:00+08:00,1,,"{""a"": ""4111111111111111""}"\n'
    )
    dry = await taken("events", content, dry_run=True)
    assert counts(dry) == ("done", 8, 2, 1, 5)
    assert [row for row, _, code in await faults(dry) if code == "row.duplicate"] == [6]
    assert await reconcile() == []
    assert await db.fetchval("SELECT count(*) FROM event") == await db.fetchval("SELECT count(*) FROM customer") == 0
    file = await taken("events", content)
    assert counts(file) == ("done", 8, 2, 1, 5)
    assert [row for row, _, _ in sorted(await faults(file))] == [2, 3, 5, 7, 8]
    amounts = await db.fetch("SELECT event_id, amount_fen FROM event ORDER BY event_id")
    assert [tuple(row) for row in amounts] == [("E1", 30_000), ("E4", 0)]
    known = await taken("events", content + "E8,purchase,C1,2026-01-01T12:00:00+08:00,1,,\n", dry_run=True)
    assert counts(known) == ("done", 9, 1, 3, 5)
    assert [row for row, _, code in await faults(known) if code == "row.duplicate"] == [1, 4, 6]
    with pytest.raises(Forbidden):
        await received("events", content, operator=SHANGHAI)
    assert await reconcile() == []


async def test_a_dry_run_changes_nothing(database: str) -> None:
    dry = await taken("customers", _CUSTOMERS, dry_run=True)
    assert counts(dry) == ("done", 2, 2, 0, 0)
    assert await customers_now() == []
    assert counts(await taken("customers", _CUSTOMERS)) == ("done", 2, 2, 0, 0)


async def test_the_same_file_again_is_the_same_import_until_it_came_to_nothing(database: str) -> None:
    first = await imports.receive(MAKER, "customers", None, "one", False, pieces(_CUSTOMERS.encode()))
    again = await imports.receive(MAKER, "customers", None, "two", False, pieces(_CUSTOMERS.encode(), 7))
    assert (first.created, again.created, again.file.id) == (True, False, first.file.id)
    cancelled = await imports.cancel(MAKER, first.file.id)
    assert cancelled.state == ImportState.CANCELLED
    assert await worked(first.file) == cancelled
    assert await customers_now() == []
    with pytest.raises(Conflict, match="wrong_state"):
        await imports.cancel(MAKER, first.file.id)
    assert (await imports.receive(MAKER, "customers", None, "one", False, pieces(_CUSTOMERS.encode()))).created


async def test_an_import_that_is_cancelled_in_the_middle_keeps_what_was_taken(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    monkeypatch.setattr(importlib.import_module("domain.imports.unpack"), "SET", 2)
    file = await received("customers", "customer_no\nC1\nC2\nC3\nC4\nC5\n")
    for _ in range(2):
        assert await imports.work_next() == 1
    assert (await imports.read(MAKER, file.id)).accepted == 2
    assert counts(await imports.cancel(MAKER, file.id)) == ("cancelled", 5, 2, 0, 0)
    assert await imports.work_next() == 0
    assert len(await customers_now()) == 2


def bomb() -> bytes:
    """A small workbook that unpacks to a very large one."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/a.xml", "w") as part,
    ):
        for _ in range(130):
            part.write(bytes(1 << 20))
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose XML declares entities of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["customer_no"], ["C1"]]))) as old, zipfile.ZipFile(out, "w") as archive:
        for name in old.namelist():
            text = old.read(name)
            archive.writestr(name, b'<!DOCTYPE x [<!ENTITY a "b">]>' + text if "sheet1" in name else text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"customer_no\n\xff\xff\xff\xff\n", "neither UTF-8 nor GB18030"),
        (b"name,stage\nx,payer\n", "needed: customer_no"),
        (b"customer_no,favourite\nC1,x\n", "names the columns"),
        (b"customer_no,customer_no\nC1,C2\n", "names the columns"),
        (b"\n\n", "no row"),
        (b"customer_no\nC\x00\n", "U+0000"),
        (b'customer_no\n"' + b"x" * 200_000, "field larger"),
        (b"PK\x03\x04 nonsense", "not a readable workbook"),
        (bomb(), "unpacks to more"),
        (entities(), "declares entities"),
    ],
    ids=["bytes", "missing", "unknown", "twice", "nothing", "nul", "quote", "no zip", "bomb", "entities"],
)
async def test_a_file_that_is_no_table_is_refused_whole(database: str, content: bytes, says: str) -> None:
    file = await taken("customers", content)
    assert (file.state, file.rows) == ("refused", 0)
    assert says in (file.refusal or "")
    assert await customers_now() == []
    assert await db.fetchval("SELECT count(*) FROM import_part") == 0


async def test_what_may_not_come_in_is_refused_at_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    monkeypatch.setattr(importlib.import_module("domain.imports.receive"), "LARGEST", 10)
    await benefit("plain", stock_mode="unlimited")
    refusals: list[tuple[DomainError, str]] = []
    for kind, content, target, operator in (
        ("customers", "customer_no\nC1", None, MAKER),
        ("customers", "", None, MAKER),
        ("customers", "x", "latte", MAKER),
        ("benefit_codes", "x", None, MAKER),
        ("benefit_codes", "x", "gone", MAKER),
        ("benefit_codes", "x", "plain", MAKER),
        ("customers", "x", None, CHECKER),
    ):
        with pytest.raises(DomainError) as refusal:
            await received(kind, content, target, operator=operator)  # type: ignore[arg-type]
        refusals.append((refusal.value, refusal.value.code))
    assert [code for _, code in refusals] == [
        "import.too_large",
        "import.empty",
        "import.no_target",
        "import.no_target",
        "configuration.not_found",
        "benefit.no_codes",
        "operator.missing_role",
    ]
    assert await db.fetchval("SELECT count(*) FROM import_file") == 0
