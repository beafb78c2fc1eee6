"""Files of customer numbers: streamed, faults listed, each customer once."""

import io
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from domain import coupon_issues, customers
from domain.coupon_issues import file_rows
from domain.coupon_issues.file_rows import Row
from kit import database
from kit.errors import DomainError
from tests.domain.coupon_issues.stage import (
    BRANCH_CHECKER,
    BRANCH_MAKER,
    OTHER_BRANCH,
    made,
    owners,
    pieces,
    running,
    worked,
    wrong,
)
from tests.domain.coupons.stage import CHECKER, MAKER, publish_template
from tests.domain.imports.stage import workbook
from tests.domain.imports.test_imports import bomb, entities

pytestmark = pytest.mark.usefixtures("database")


def rows(content: bytes) -> list[Row]:
    return [row for batch in file_rows.batches(io.BytesIO(content)) for row in batch]


async def known(*numbers: str) -> dict[str, int]:
    return await customers.ids_of(numbers)


async def test_customers_of_a_file_get_their_coupon_once() -> None:
    await publish_template("free7", per_person=None)
    ids = await known("C1", "C2", "C3")
    content = "\ufeffcustomer_no,name\nC1,a\nC2,b\n\nC9,c\nC1,d\n,e\n客户,f\nC2,g\n".encode()
    file = await coupon_issues.take_file(MAKER, "november.csv", pieces(content, 5))
    assert (file.rows, file.customers, file.duplicates, file.faulty) == (7, 2, 2, 3)
    assert [(one.row, one.code) for one in file.faults] == [
        (3, "customer.not_found"),
        (5, "customer_no.empty"),
        (6, "customer_no.invalid"),
    ]
    assert await coupon_issues.audience_file(CHECKER, file.id) == file
    issue = await running(file=str(file.id))
    assert (issue.total, issue.content.file.digest if issue.content.file else None) == (2, file.digest)
    await worked(issue.id)
    assert await owners(issue.id) == sorted([ids["C1"], ids["C2"]])
    assert await wrong() == []


async def test_what_is_approved_is_what_stood_in_the_file() -> None:
    await publish_template("free7")
    await known("C1", "C2")
    one, other = [await coupon_issues.take_file(MAKER, "a.csv", pieces(text)) for text in (b"C1\n", b"C2\n")]
    hashes = {(await made(file=str(file.id))).content_hash for file in (one, other)}
    assert len(hashes) == 2


async def test_a_branch_takes_in_and_uses_its_own_customers_only() -> None:
    await publish_template("free7")
    ids = await known("C1", "C2")
    await database.execute("UPDATE customer SET branch = 'SH' WHERE customer_no = 'C1'")
    file = await coupon_issues.take_file(BRANCH_MAKER, "a.csv", pieces(b"C1\nC2\n"))
    assert (file.customers, [(one.row, one.code) for one in file.faults]) == (1, [(2, "customer.not_found")])
    for doing in (coupon_issues.audience_file(OTHER_BRANCH, file.id), made(OTHER_BRANCH, file=str(file.id))):
        with pytest.raises(DomainError) as refused:
            await doing
        assert refused.value.code == "import.not_found"
    issue = await made(BRANCH_MAKER, file=str(file.id))
    await coupon_issues.approve(BRANCH_CHECKER, issue.id)
    await worked(issue.id)
    assert await owners(issue.id) == [ids["C1"]]


async def test_of_a_file_that_breaks_off_nothing_is_kept() -> None:
    await known("C1")

    async def broken_off() -> AsyncIterator[bytes]:
        yield b"C1\n"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await coupon_issues.take_file(MAKER, "a.csv", broken_off())
    assert await database.fetchval("SELECT count(*) FROM audience_file") == 0


async def test_a_file_without_customers_is_refused() -> None:
    for content in (b"", b"customer_no\n", b"nobody\n", b"\xff\xfe\n"):
        with pytest.raises(DomainError) as refused:
            await coupon_issues.take_file(MAKER, "a.csv", pieces(content))
        assert refused.value.code == "import.nobody"
    with pytest.raises(DomainError) as refused:
        await coupon_issues.take_file(CHECKER, "a.csv", pieces(b"C1\n"))
    assert refused.value.code == "operator.missing_role"
    assert await database.fetchval("SELECT count(*) FROM audience_file_set") == 0


async def test_faults_are_all_counted_and_the_first_hundred_kept() -> None:
    await known("C1")
    file = await coupon_issues.take_file(MAKER, "a.csv", pieces(b"nobody\n" * 25_000 + b"C1\n" + b"\n" + b"C1\n"))
    assert (file.rows, file.customers, file.duplicates, file.faulty) == (25_002, 1, 1, 25_000)
    assert [one.row for one in file.faults] == list(range(1, 101))


@pytest.mark.parametrize(
    "content",
    [
        "姓名,customer_no\n张三,C1\n李四,客户\n\n王五,C2\n".encode("gb18030"),
        workbook([["姓名", "Customer_No"], ["张三", "C1"], ["李四", "客户"], [None], ["王五", "C2"]]),
    ],
    ids=["gb18030", "sheet"],
)
async def test_customers_come_from_other_forms_of_file_too(content: bytes) -> None:
    await known("C1", "C2")
    file = await coupon_issues.take_file(MAKER, "a", pieces(content, 7))
    assert (file.rows, file.customers, file.duplicates) == (3, 2, 0)
    assert [(one.row, one.code) for one in file.faults] == [(2, "customer_no.invalid")]


async def test_a_workbook_that_is_none_is_refused() -> None:
    await known("C1")
    for content in (b"PK\x03\x04 nonsense", bomb(), entities()):
        with pytest.raises(DomainError) as refused:
            await coupon_issues.take_file(MAKER, "a.xlsx", pieces(content, 1 << 16))
        assert refused.value.code == "import.unreadable"
    assert await database.fetchval("SELECT count(*) FROM audience_file") == 0


def test_numbers_of_a_sheet_are_numbers_of_customers() -> None:
    assert rows(workbook([[10001.0], [None], [" C2 "]])) == [Row(1, "10001"), Row(2, "C2")]


def test_rows_are_read_as_they_stand() -> None:
    assert rows(b'no,customer_no\r\n1,"C1"\r\n2\r\n3, C3 ,x') == [
        Row(1, "C1"),
        Row(2, "", "customer_no.empty"),
        Row(3, "C3"),
    ]
    assert rows(b"C1\nC\xff\n" + b"x" * 33 + b"\n") == [
        Row(1, "C1"),
        Row(2, "", "row.not_utf8"),
        Row(3, "x" * 33, "customer_no.invalid"),
    ]
    assert rows(b"x" * 5_000 + b"\nC2\n" + b"y" * 2_001) == [
        Row(1, "", "row.too_long"),
        Row(2, "C2"),
        Row(3, "", "row.too_long"),
    ]


def test_a_long_file_needs_little_memory() -> None:
    file = io.BytesIO(b"C0000000001\n" * 100_000 + b"z" * 5_000_000)
    tracemalloc.start()
    number = sum(len(batch) for batch in file_rows.batches(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 100_001
    assert peak < 8_000_000
