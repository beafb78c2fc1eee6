"""A file of customer numbers is taken in, however long it is."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import IO

import msgspec

from domain import approvals
from domain.approvals import Move
from domain.coupon_issues.file_rows import Fault, Row, batches
from domain.coupon_issues.members import SET
from domain.operators import OperatorIdentity, acted
from kit import clock, database, logging
from kit.database import Connection
from kit.errors import NotFound, RuleViolated
from kit.tables import UnreadableError

log = logging.get("coupon_issues")
_FAULTS_KEPT = 100
_COLUMNS = "id, name, digest, rows, customers, duplicates, faulty, faults, branch, created_at"


class AudienceFile(msgspec.Struct, frozen=True):
    """A file that was taken in: each of its `customers` counts once, `duplicates` stood there again. Of the `faulty`
    rows the first hundred are kept, with the number of the row (from 1).
    """

    id: int
    name: str
    digest: str
    rows: int
    customers: int
    duplicates: int
    faulty: int
    faults: list[Fault]
    branch: str
    created_at: datetime


class _Tally(msgspec.Struct):
    rows: int = 0
    customers: int = 0
    duplicates: int = 0
    faulty: int = 0
    faults: list[Fault] = []

    def refuse(self, number: int, code: str) -> None:
        self.faulty += 1
        if len(self.faults) < _FAULTS_KEPT:
            self.faults.append(Fault(number, code))


async def take_file(operator: OperatorIdentity, name: str, chunks: AsyncIterator[bytes]) -> AudienceFile:
    """Take in a CSV (UTF-8 or GB18030) or XLSX whose column `customer_no` (the first one where no header names it)
    holds numbers of customers of this operator's branch. Faulty rows are listed and refuse no other; nothing is kept of
    a file that breaks off.

    Raises `Forbidden` (`operator.missing_role`), `RuleViolated` (`import.nobody`: no row is a customer;
    `import.unreadable`: a workbook that is none).
    """
    approvals.check_may(operator, Move.SUBMIT)
    digest = hashlib.sha256()
    # On disk first: no transaction waits for the sender, and no file is too large for the memory.
    with tempfile.TemporaryFile() as file:
        async for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
        file.seek(0)
        async with database.transaction() as connection:
            tally = await _read(connection, operator, file)
            if not tally.customers:
                raise RuleViolated("import.nobody", "文件中没有可用的客户号", details={"rows": tally.rows})
            kept = await _store(connection, operator, name, digest.hexdigest(), tally)
            detail = {"name": name, "digest": kept.digest, "rows": kept.rows, "customers": kept.customers}
            await acted(connection, operator, "import.take", f"imports/{kept.id}", detail)
    log.info("audience_file.taken", file=kept.id, rows=kept.rows, customers=kept.customers, faulty=kept.faulty)
    return kept


async def audience_file(operator: OperatorIdentity, file_id: int) -> AudienceFile:
    """A file that was taken in. Raises `NotFound`, also for another branch's."""
    row = await database.fetchrow(f"SELECT {_COLUMNS} FROM audience_file WHERE id = $1", file_id)
    if row is None or not operator.sees(row["branch"]):
        raise NotFound("import.not_found", "没有这个导入文件")
    return _file_of(row)


async def _read(connection: Connection, operator: OperatorIdentity, file: IO[bytes]) -> _Tally:
    """Who stands in the file, in a table of this transaction."""
    await connection.execute("CREATE TEMPORARY TABLE uploaded (customer_id bigint PRIMARY KEY) ON COMMIT DROP")
    tally = _Tally(faults=[])
    for batch in _batches(file):
        tally.rows = batch[-1].number
        unknown, known, kept = await _keep(connection, operator, [row for row in batch if row.fault is None])
        tally.customers += kept
        tally.duplicates += known - kept
        for row in batch:
            if row.fault is not None or row.number in unknown:
                tally.refuse(row.number, row.fault or "customer.not_found")
    return tally


def _batches(file: IO[bytes]) -> Iterator[list[Row]]:
    try:
        yield from batches(file)
    except UnreadableError as error:
        raise RuleViolated("import.unreadable", f"无法读取该文件：{error}") from None


async def _keep(connection: Connection, operator: OperatorIdentity, rows: list[Row]) -> tuple[set[int], int, int]:
    """Numbers of the rows whose customer is not known here, how many are known, and how many of those are new."""
    [found] = await connection.fetch(
        """WITH named AS (
             SELECT t.number, c.id FROM unnest($1::text[], $2::int[]) AS t (customer_no, number)
             LEFT JOIN customer c ON c.customer_no = t.customer_no AND ($3::text[] IS NULL OR c.branch = ANY($3))),
           kept AS (
             INSERT INTO uploaded SELECT DISTINCT id FROM named WHERE id IS NOT NULL
             ON CONFLICT DO NOTHING RETURNING 1)
           SELECT array_agg(number) FILTER (WHERE id IS NULL) AS unknown, count(id) AS known,
                  (SELECT count(*) FROM kept) AS kept FROM named""",
        [row.customer_no for row in rows],
        [row.number for row in rows],
        operator.within,
    )
    return set(found["unknown"] or ()), found["known"], found["kept"]


async def _store(
    connection: Connection, operator: OperatorIdentity, name: str, digest: str, tally: _Tally
) -> AudienceFile:
    [row] = await connection.fetch(
        f"""INSERT INTO audience_file (name, digest, rows, customers, duplicates, faulty, faults, branch, made_by,
                                       created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {_COLUMNS}""",
        name,
        digest,
        tally.rows,
        tally.customers,
        tally.duplicates,
        tally.faulty,
        msgspec.json.encode(tally.faults).decode(),
        operator.branch,
        operator.operator_id,
        clock.now(),
    )
    await connection.execute(
        """INSERT INTO audience_file_set (file_id, number, customer_ids)
           SELECT $1, number, array_agg(customer_id ORDER BY customer_id)
           FROM (SELECT customer_id, (row_number() OVER (ORDER BY customer_id) - 1) / $2 AS number FROM uploaded) AS u
           GROUP BY number""",
        row["id"],
        SET,
    )
    return _file_of(row)


def _file_of(row: database.Record) -> AudienceFile:
    values = {name: row[name] for name in AudienceFile.__struct_fields__}
    return AudienceFile(**{**values, "faults": msgspec.json.decode(row["faults"], type=list[Fault])})
