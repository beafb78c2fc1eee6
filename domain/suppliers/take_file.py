"""A supplier's file of a day: what was used counts, and all of it is compared with our books."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from domain import benefits
from domain.suppliers.compare import compare
from domain.suppliers.locks import hold_usages
from domain.suppliers.take_usages import Usage, take_usages
from kit import clock, database, logging
from kit.database import Connection

log = logging.get("suppliers")
AT_ONCE = 1_000


class FileTold(msgspec.Struct, frozen=True):
    """A file as it lies there; `digest` is its SHA-256, `ok_stamp` tells deliveries apart. `detail` says what is wrong
    with it, or with the rows that were rejected.
    """

    day: date
    digest: str
    rows: int
    ok_stamp: int
    rejected: int = 0
    detail: str | None = None


class FileRecord(msgspec.Struct, frozen=True):
    """A row: `issued` (by request) or `used` (by exactly one of request and code)."""

    record_no: str
    kind: str
    at: datetime
    request_no: str | None = None
    code: str | None = None
    cost_fen: int | None = None


async def last_stamp(supplier: str, day: date) -> int | None:
    """The stamp of the last delivery of this day, whatever became of it."""
    stamp: int | None = await database.fetchval(
        "SELECT ok_stamp FROM supplier_file WHERE supplier = $1 AND day = $2 ORDER BY delivery DESC LIMIT 1",
        supplier,
        day,
    )
    return stamp


async def refuse_file(supplier: str, told: FileTold) -> None:
    """Note a file that is not what its companion says; nothing of it is taken."""
    async with database.transaction() as connection:
        await hold_usages(connection, supplier)
        await _deliver(connection, supplier, told, "mismatching")
    log.error("supplier.file_mismatching", supplier=supplier, day=told.day.isoformat(), reason=told.detail)


async def take_file(supplier: str, told: FileTold, records: Sequence[FileRecord]) -> int:
    """Take a whole file; returns how many of its usages were new. The same content again changes nothing; another
    content replaces what the day was compared with, its usages count beside those of before.

    Idempotent, also where it was cut off: usages have numbers, and the file is noted last.
    """
    used = [one for one in records if one.kind == "used"]
    fresh = 0
    for first in range(0, len(used), AT_ONCE):
        part = [Usage(one.record_no, one.at, one.request_no, one.code, one.cost_fen) for one in used[first:][:AT_ONCE]]
        fresh += sum(one.state != "duplicate" for one in await take_usages(supplier, part, "file"))
    async with database.transaction() as connection:
        await hold_usages(connection, supplier)
        if await _is_known(connection, supplier, told):
            return fresh
        file_id = await _deliver(connection, supplier, told, "taken")
        await _keep(connection, file_id, records)
        differences = await compare(connection, supplier, told.day)
    log.info("supplier.file_taken", supplier=supplier, day=told.day.isoformat(), fresh=fresh, differences=differences)
    return fresh


async def _is_known(connection: Connection, supplier: str, told: FileTold) -> bool:
    """Whether the last file taken of this day is the same; its stamp follows."""
    known = await connection.fetchval(
        """UPDATE supplier_file f SET ok_stamp = $3 FROM (
             SELECT id, digest FROM supplier_file WHERE supplier = $1 AND day = $2 ORDER BY delivery DESC LIMIT 1) l
           WHERE f.id = l.id AND f.state = 'taken' AND l.digest = $4 RETURNING f.id""",
        supplier,
        told.day,
        told.ok_stamp,
        told.digest,
    )
    return known is not None


async def _deliver(connection: Connection, supplier: str, told: FileTold, state: str) -> int:
    file_id: int = await connection.fetchval(
        """INSERT INTO supplier_file (supplier, day, delivery, digest, rows, rejected, state, detail, ok_stamp,
                                      taken_at)
           SELECT $1::text, $2::date, coalesce(max(delivery), 0) + 1, $3, $4, $5, $6, $7, $8, $9
           FROM supplier_file WHERE supplier = $1::text AND day = $2::date RETURNING id""",
        supplier,
        told.day,
        told.digest,
        told.rows,
        told.rejected,
        state,
        told.detail,
        told.ok_stamp,
        clock.now(),
    )
    return file_id


async def _keep(connection: Connection, file_id: int, records: Sequence[FileRecord]) -> None:
    vault = benefits.vault()
    await connection.execute(
        """INSERT INTO supplier_record (file_id, record_no, kind, request_no, digest, at, cost_fen)
           SELECT $1, t.*
           FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::timestamptz[], $7::bigint[]) AS t
           ON CONFLICT (file_id, record_no) DO NOTHING""",
        file_id,
        [one.record_no for one in records],
        [one.kind for one in records],
        [one.request_no for one in records],
        [vault.digest(one.code.strip()) if one.code else None for one in records],
        [one.at for one in records],
        [one.cost_fen for one in records],
    )
