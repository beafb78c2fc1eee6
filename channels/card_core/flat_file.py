"""The T+1 file as it lies on the disk: its name, its companion, its rows. A row is one line."""

import csv
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from domain.intake import Declared, Measured
from kit.errors import Fault

COLUMNS = {
    "event_id": ("event_id",),
    "type": ("type",),
    "customer_no": ("customer_no",),
    "occurred_at": ("occurred_at",),
    "amount_fen": ("amount_fen",),
    "currency": ("currency",),
    "card_token": ("card", "token"),
    "card_last4": ("card", "last4"),
    "card_product": ("card", "product"),
    "mcc": ("mcc",),
    "merchant_id": ("merchant", "id"),
    "merchant_name": ("merchant", "name"),
    "channel": ("channel",),
    "auth_code": ("auth_code",),
    "original_event_id": ("original_event_id",),
    "attributes": ("attributes",),
}
"""Each column, and where its cell goes in an event as the core tells it."""
REQUIRED = ("event_id", "type", "customer_no", "occurred_at")
COMPANION = ".ok"
_NAME = re.compile(r"events-([0-9]{8})(?:-[0-9]{2})?(\.gb18030)?\.csv")
_DECLARED = re.compile(r"([^|]+)\|([0-9]{1,18})\|([0-9]{1,18})\|(-?[0-9]{1,18})\|([0-9A-Fa-f]{64})")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_MOST_COMPANION_BYTES = 1_024
_BOM = "\ufeff"
Mark = tuple[int, int]
"""Size and modification time: whether a file is still the one that was measured."""


class FileChanged(Exception):
    """The file is no longer what it was when it was measured."""


class NotRows(Exception):
    """The file does not begin with the columns of events."""


@dataclass(frozen=True)
class Rows:
    """Some lines of a file, the columns of all, and the byte at which the next line begins."""

    columns: list[str]
    lines: list[bytes]
    end: int


def business_date_of(name: str) -> date | None:
    """The day a file tells about; None for what is not a T+1 file of events."""
    named = _NAME.fullmatch(name)
    try:
        return datetime.strptime(named[1], "%Y%m%d").date() if named else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def encoding_of(name: str) -> str:
    """What the name declares: a guess from the content could be wrong without anybody noticing."""
    named = _NAME.fullmatch(name)
    return "gb18030" if named and named[2] else "utf-8"


def read_companion(path: Path) -> Declared | None:
    """What the `.ok` says; None when it says it in another form. Raises `OSError`."""
    with path.open("rb") as handle:
        text = handle.read(_MOST_COMPANION_BYTES).decode("utf-8", "replace").strip().removeprefix(_BOM)
    found = _DECLARED.fullmatch(text)
    if found is None:
        return None
    return Declared(found[1], int(found[2]), int(found[3]), int(found[4]), found[5].lower())


def measure(path: Path) -> tuple[Measured, Mark]:
    """One pass over the file: bytes, rows, sum of amounts, SHA-256. Raises `OSError`, `FileChanged`.

    What is no whole number of fen counts as nothing in the sum.
    """
    digest = hashlib.sha256()
    size = rows = total = 0
    fault: str | None = None
    encoding = encoding_of(path.name)
    with path.open("rb") as handle:
        mark = _mark(handle)
        header = handle.readline()
        try:
            columns = _columns(header, encoding)
        except NotRows as error:
            columns, fault = [], str(error)
        place = columns.index("amount_fen") if "amount_fen" in columns else None
        line = header
        while line:
            digest.update(line)
            size += len(line)
            line = handle.readline()
            if line.strip(b"\r\n"):
                rows += 1
                total += _amount(line, place, encoding)
        if _mark(handle) != mark:
            raise FileChanged(path.name)
    return Measured(size, rows, total, digest.hexdigest(), fault), mark


def read_rows(path: Path, mark: Mark, position: int, most: int) -> Rows:
    """Up to `most` rows from byte `position` (0: the first row). Raises `OSError`, `FileChanged`, `NotRows`."""
    lines: list[bytes] = []
    with path.open("rb") as handle:
        columns = _columns(handle.readline(), encoding_of(path.name))
        if position:
            handle.seek(position)
        while len(lines) < most and (line := handle.readline()):
            if text := line.strip(b"\r\n"):
                lines.append(text)
        if _mark(handle) != mark:
            raise FileChanged(path.name)
        return Rows(columns, lines, handle.tell())


def body_of(line: bytes, columns: list[str], encoding: str) -> bytes | Fault:
    """The row as an event of the HTTP contract, in JSON; an empty cell is a field left out. Values are not judged."""
    try:
        cells = _cells(line, encoding)
    except UnicodeDecodeError:
        return Fault("", "invalid", f"this row is not {encoding}")
    except csv.Error as error:
        return Fault("", "invalid", f"this row is not CSV: {error}")
    if len(cells) != len(columns):
        return Fault("", "invalid", f"{len(cells)} cells under {len(columns)} columns")
    event: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        if cell:
            *outer, name = COLUMNS[column]
            into = event.setdefault(outer[0], {}) if outer else event
            into[name] = _value(column, cell)
    return msgspec.json.encode(event)


def _value(column: str, cell: str) -> Any:
    if column == "amount_fen" and _WHOLE_NUMBER.fullmatch(cell):
        return int(cell)
    if column == "attributes":
        try:
            return msgspec.json.decode(cell)
        except (msgspec.DecodeError, RecursionError):
            return cell  # refused with the other events' faults, as no object
    return cell


def _columns(header: bytes, encoding: str) -> list[str]:
    try:
        columns = [cell.strip() for cell in _cells(header.strip(b"\r\n"), encoding)]
    except (UnicodeDecodeError, csv.Error):
        raise NotRows(f"the header is not CSV in {encoding}") from None
    unknown = [name for name in columns if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in columns]
    if unknown or missing or len(set(columns)) < len(columns):
        raise NotRows(f"columns missing: {missing}, unknown: {unknown[:5]}, or one stands there twice")
    return columns


def _cells(line: bytes, encoding: str) -> list[str]:
    return next(csv.reader([line.decode(encoding).removeprefix(_BOM)], strict=True), [])


def _amount(line: bytes, place: int | None, encoding: str) -> int:
    """Also of a row that will be refused: whoever made the companion knew nothing of its faults."""
    if place is None:
        return 0
    try:
        cell = next(csv.reader([line.strip(b"\r\n").decode(encoding, "replace")]), [])[place]
    except (csv.Error, IndexError):
        return 0
    return int(cell) if _WHOLE_NUMBER.fullmatch(cell) else 0


def _mark(handle: IO[bytes]) -> Mark:
    stat = os.fstat(handle.fileno())
    return stat.st_size, stat.st_mtime_ns
