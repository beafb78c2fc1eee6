"""Lists go out only approved, masked, marked, of one's own customers, to who asked, for a while."""

import csv
import hashlib
import importlib
import io
import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from openpyxl import load_workbook

from domain import audit, exports, operators
from domain.exports import Export, ExportRequest
from domain.operators import OperatorIdentity, Role
from domain.reconciliation import reconcile
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound, RuleViolated
from tests.domain.coupons.stage import issue_one, new_customers, publish_template
from tests.domain.tasks.time_machine import TimeMachine

_PASSWORD = "a-long-password-1"


async def operator(name: str, role: Role, branch: str = "HQ") -> OperatorIdentity:
    """Somebody who is known to the house."""
    await operators.ensure(name, name, _PASSWORD, [role], branch)
    number = await db.fetchval("SELECT id FROM operator WHERE username = $1", name)
    return OperatorIdentity(number, name, name, frozenset({role}), branch)


async def asked(maker: OperatorIdentity, key: str = "k", **more: Any) -> Export:
    """A submitted export of coupons."""
    request = msgspec.convert({"list": "coupons", "reason": "=对账", **more}, ExportRequest)
    return (await exports.make(maker, request, key)).export


async def made(maker: OperatorIdentity, checker: OperatorIdentity, **more: Any) -> Export:
    """An export whose file the worker has made."""
    export = await asked(maker, **more)
    await exports.approve(checker, export.id, export.content_hash)
    assert await exports.produce_next() == 1
    return await exports.read(maker, export.id)


async def two_coupons() -> None:
    """One of a customer of SH whose name looks like a formula, one of SZ."""
    await publish_template("free7")
    first, second = await new_customers(2)
    await db.execute("UPDATE customer SET name = '=张', branch = 'SH' WHERE id = $1", first)
    await db.execute("UPDATE customer SET name = '李小四', branch = 'SZ' WHERE id = $1", second)
    for customer in (first, second):
        await issue_one(customer, "free7")


async def test_a_sheet_is_marked_masked_and_safe(database: str) -> None:
    maker, checker = await operator("maker", Role.MAKER), await operator("checker", Role.CHECKER)
    await two_coupons()
    export = await made(maker, checker)
    assert (export.state, export.rows) == ("ready", 2)
    content = (await exports.download(maker, export.id)).content
    assert export.bytes == len(content)
    book = load_workbook(io.BytesIO(content))
    rows = list(book.active.iter_rows(values_only=True))
    assert f"导出编号 {export.id}，申请人 maker，复核人 checker" in str(rows[0][0])
    assert "=对账" in str(rows[1][0])
    assert rows[2][:4] == ("customer_no", "name", "branch", "template")
    assert [row[1] for row in rows[3:]] == ["'=*", "李**"]
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    assert (book.properties.creator, book.properties.title) == ("maker", f"export {export.id}")
    assert "checker" in book.properties.description
    sealed = await db.fetchval("SELECT string_agg(sealed, ''::bytea) FROM export_piece")
    assert b"PK" not in sealed[:50]
    assert await reconcile() == []


async def test_a_csv_of_a_branch_has_only_its_own_customers(database: str) -> None:
    maker, checker = await operator("sh-maker", Role.MAKER, "SH"), await operator("sh-checker", Role.CHECKER, "SH")
    stranger = await operator("sz-checker", Role.CHECKER, "SZ")
    await two_coupons()
    export = await asked(maker, format="csv")
    with pytest.raises(NotFound):
        await exports.approve(stranger, export.id, export.content_hash)
    assert await exports.list_(stranger) == []
    export = await made(maker, checker, format="csv")
    content = (await exports.download(maker, export.id)).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))[3:]
    assert [(row[1], row[2], row[3]) for row in rows] == [("'=*", "SH", "free7")]


async def test_nobody_approves_their_own_and_nothing_is_made_unapproved(database: str) -> None:
    maker, checker = await operator("maker", Role.MAKER), await operator("checker", Role.CHECKER)
    both = OperatorIdentity(maker.operator_id, "maker", "", frozenset({Role.MAKER, Role.CHECKER}), "HQ")
    export = await asked(maker)
    assert await exports.produce_next() == 0
    with pytest.raises(Forbidden, match="maker_is_checker"):
        await exports.approve(both, export.id, export.content_hash)
    with pytest.raises(Conflict, match="content_changed"):
        await exports.approve(checker, export.id, "0" * 64)
    with pytest.raises(Conflict, match="wrong_state"):
        await exports.download(maker, export.id)
    rejected = await exports.reject(checker, export.id, "太多")
    assert (rejected.state, rejected.reject_reason) == ("rejected", "太多")
    with pytest.raises(Conflict, match="wrong_state"):
        await exports.approve(checker, export.id, export.content_hash)
    assert await exports.produce_next() == 0


async def test_asking_twice_is_one_export(database: str) -> None:
    maker = await operator("maker", Role.MAKER)
    first = await asked(maker)
    assert (await asked(maker)).id == first.id
    with pytest.raises(Conflict, match="key_reused"):
        await asked(maker, format="csv")
    checker = await operator("checker", Role.CHECKER)
    with pytest.raises(Forbidden):
        await asked(checker)
    for days in ({"until": "9999-12-31"}, {"from": "0001-01-01"}, {"from": "2026-02-01", "until": "2026-01-01"}):
        with pytest.raises(RuleViolated) as refusal:
            await asked(maker, "another", **days)
        assert [fault.path for fault in refusal.value.faults] == [[*days][-1]]


async def test_only_who_asked_takes_the_file_every_time_on_record_until_it_expires(
    database: str, time_machine: TimeMachine
) -> None:
    maker, checker = await operator("maker", Role.MAKER), await operator("checker", Role.CHECKER)
    await two_coupons()
    export = await made(maker, checker)
    with pytest.raises(Forbidden, match="not_yours"):
        await exports.download(checker, export.id)
    for _ in range(2):
        await exports.download(maker, export.id)
    taken = await db.fetch("SELECT export_id, operator_id FROM export_download")
    assert [tuple(row) for row in taken] == [(export.id, maker.operator_id)] * 2
    assert await exports.expire() == 0
    time_machine(days=7)
    with pytest.raises(Conflict, match="wrong_state"):
        await exports.download(maker, export.id)
    assert await exports.expire() == 1
    assert (await exports.read(maker, export.id)).state == "expired"
    assert await db.fetchval("SELECT count(*) FROM export_piece") == 0
    assert await reconcile() == []


async def test_a_list_that_is_too_long_fails_and_leaves_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("domain.exports.produce_next"), "MOST_ROWS", 1)
    maker, checker = await operator("maker", Role.MAKER), await operator("checker", Role.CHECKER)
    await two_coupons()
    export = await made(maker, checker)
    assert (export.state, export.failure) == ("failed", "export.too_many_rows")
    assert await reconcile() == []


async def lines(maker: OperatorIdentity, checker: OperatorIdentity, **more: Any) -> list[list[str]]:
    """Head and rows of a CSV."""
    export = await made(maker, checker, format="csv", **more)
    content = (await exports.download(maker, export.id)).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))[2:]


async def test_customers_are_masked_narrowed_and_of_the_own_branch(database: str) -> None:
    maker, checker = await operator("maker", Role.MAKER), await operator("checker", Role.CHECKER)
    of_branch, checks = await operator("sh-maker", Role.MAKER, "SH"), await operator("sh-checker", Role.CHECKER, "SH")
    people = await new_customers(4)
    await db.execute(
        """UPDATE customer SET name = '张小明', branch = CASE WHEN id = $1 THEN 'SZ' ELSE 'SH' END,
                  stage = CASE WHEN id = $2 THEN 'payer' ELSE 'base' END""",
        people[0],
        people[1],
    )
    await db.execute(
        "UPDATE customer SET erased_at = created_at, customer_no = '~x', name = '', branch = NULL WHERE id = $1",
        people[3],
    )
    head, *everybody = await lines(maker, checker, list="customers")
    assert head[:4] == ["customer_no", "name", "stage", "level"]
    assert [(row[1], row[6]) for row in everybody] == [("张**", "SZ"), ("张**", "SH"), ("张**", "SH")]
    assert len(await lines(of_branch, checks, list="customers")) == 3
    only = await lines(maker, checker, key="k2", list="customers", customers={"stages": ["payer"], "branches": ["SH"]})
    assert [row[2] for row in only[1:]] == ["payer"]
    assert await lines(maker, checker, key="k3", list="customers", customers={"min_level": 1}) == [head]
    for more, path in (
        ({"list": "customers", "customers": {"branches": ["SH", "SZ"]}}, "customers.branches[1]"),
        ({"customers": {}}, "customers"),
        ({"list": "customers", "code": "x"}, "code"),
        ({"list": "customers", "audit": {}}, "audit"),
    ):
        with pytest.raises(RuleViolated) as refusal:
            await asked(of_branch, "other", **more)
        assert [fault.path for fault in refusal.value.faults] == [path]


async def test_the_trail_is_the_auditors_with_positions_and_hashes(database: str) -> None:
    maker, checker = await operator("maker", Role.MAKER), await operator("checker", Role.CHECKER)
    auditor = await operator("auditor", Role.AUDITOR)
    of_branch, checks = (
        await operator("sh-auditor", Role.AUDITOR, "SH"),
        await operator("sh-checker", Role.CHECKER, "SH"),
    )
    for who, more in ((maker, {"list": "audit"}), (auditor, {"list": "customers"})):
        with pytest.raises(Forbidden, match="missing_role"):
            await asked(who, "no", **more)
    head, *rows = await lines(auditor, checker, list="audit")
    assert head == list(audit.AuditEntry.__struct_fields__)
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    assert [row[5] for row in rows[-2:]] == ["export.ask", "export.approve"]
    for row, following in pairwise(rows):
        fields = [int(row[0]), row[1], int(row[2]) if row[2] else None, *row[3:9]]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == row[9] == following[8]
    own = await lines(of_branch, checks, list="audit")
    assert {row[4] for row in own[1:]} == {"SH"}
    only = await lines(auditor, checker, key="k2", list="audit", audit={"operator": "sh-checker", "action": "export"})
    assert {(row[3], row[5]) for row in only[1:]} == {("sh-checker", "export.approve")}
    assert await reconcile() == []


@pytest.mark.parametrize("name", ["claims", "coupons", "benefit_grants", "messages"])
async def test_every_list_can_be_made(database: str, name: str) -> None:
    maker, checker = await operator("maker", Role.MAKER), await operator("checker", Role.CHECKER)
    export = await made(maker, checker, list=name, **{"from": "2026-01-01", "until": "2026-12-31", "code": "x"})
    assert (export.state, export.rows) == ("ready", 0)
