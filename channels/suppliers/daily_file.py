"""Suppliers tell a whole day again by a file: verified against its companion, then taken as one."""

import asyncio
import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msgspec

from channels.card_core.flat_file import COMPANION, read_companion
from channels.suppliers.wire import RecordTold
from domain import benefits, intake, suppliers
from domain.intake import Declared, Measured
from domain.suppliers import FileRecord, FileTold
from kit import logging

log = logging.get("daily_file")
MOST_BYTES = 256 * 1024 * 1024
COLUMNS = ("record_no", "kind", "request_no", "code", "at", "cost_fen")
_NAME = re.compile(r"usage-([0-9]{8})\.csv")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,18}")
_FAULTS_TOLD = 10


@dataclass(frozen=True)
class SupplierInbox:
    """A folder with one folder per supplier, named by its code, in which its `usage-YYYYMMDD.csv` arrive."""

    folder: Path

    async def take_files(self) -> int:
        """Take every file whose companion is there and new; returns how many. The inbox is only read."""
        await benefits.catalogue.refresh()
        done = 0
        for supplier in sorted(benefits.catalogue.suppliers):
            for path, day, stamp in await asyncio.to_thread(_arrivals, self.folder / supplier):
                if await suppliers.last_stamp(supplier, day) == stamp:
                    continue
                try:
                    await _take(supplier, path, day, stamp)
                    done += 1
                except OSError as error:
                    log.warning("daily_file.unreadable", supplier=supplier, file=path.name, error=repr(error))
        return done


def _arrivals(folder: Path) -> list[tuple[Path, date, int]]:
    """Files with a companion, by day, and when that was written (ns)."""
    found: list[tuple[Path, date, int]] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        day = _day_of(path.name)
        companion = path.with_name(path.name + COMPANION)
        if day is not None and companion.exists():
            found.append((path, day, companion.stat().st_mtime_ns))
    return found


def _day_of(name: str) -> date | None:
    named = _NAME.fullmatch(name)
    try:
        return datetime.strptime(named[1], "%Y%m%d").date() if named else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


async def _take(supplier: str, path: Path, day: date, stamp: int) -> None:
    declared, measured, records, faults = await asyncio.to_thread(_read, path)
    why = intake.why_mismatching(path.name, declared, measured)
    told = FileTold(day, measured.digest, measured.rows, stamp, len(faults), why or "; ".join(faults[:_FAULTS_TOLD]))
    if why is not None:
        await suppliers.refuse_file(supplier, told)
    else:
        await suppliers.take_file(supplier, told, records)


def _read(path: Path) -> tuple[Declared | None, Measured, list[FileRecord], list[str]]:
    """What the companion says, what the file is, its good rows, and what is wrong with the others."""
    if path.stat().st_size > MOST_BYTES:
        raise OSError(f"larger than {MOST_BYTES} bytes")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    records: list[FileRecord] = []
    faults: list[str] = []
    fault, rows, total = None, 0, 0
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        if set(reader.fieldnames or ()) != set(COLUMNS):
            fault = f"the columns are not {', '.join(COLUMNS)}"
        for row in reader if fault is None else ():
            rows += 1
            total += int(row["cost_fen"] or 0) if _WHOLE_NUMBER.fullmatch(row["cost_fen"] or "") else 0
            record = _record(row)
            if isinstance(record, str):
                faults.append(f"row {rows}: {record}")
            else:
                records.append(record)
    except (UnicodeDecodeError, csv.Error) as error:
        fault = f"no CSV in UTF-8: {error}"
    return (
        read_companion(path.with_name(path.name + COMPANION)),
        Measured(len(content), rows, total, digest, fault),
        records,
        faults,
    )


def _record(row: dict[str, str | None]) -> FileRecord | str:
    try:
        told = msgspec.convert({name: cell for name, cell in row.items() if cell}, RecordTold, strict=False)
    except (msgspec.ValidationError, TypeError) as error:
        return str(error)
    if (told.request_no is None) == (told.code is None) or (told.kind == "issued" and told.request_no is None):
        return "exactly one of request_no and code; what was issued by request_no"
    return FileRecord(told.record_no, told.kind, told.at, told.request_no, told.code, told.cost_fen)
