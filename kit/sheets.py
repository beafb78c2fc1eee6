"""Tables that go out as CSV or as a sheet (XLSX), safe to open: no cell of ours is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from openpyxl import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
BOM = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_000


@dataclass(frozen=True)
class Mark:
    """What says on a table where it came from: lines above it, and words in the properties of a sheet."""

    lines: Sequence[str]
    title: str = ""
    author: str = ""


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (`=1+1` → `'=1+1`); numbers stay numbers."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)[:_LONGEST_CELL]
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


class TableWriter(Protocol):
    """Writes a table to a file, rows at a time, with bounded memory; the file is whole after `close`."""

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows."""

    def close(self) -> None:
        """Finish the file, which stays open."""


class _CsvWriter:
    def __init__(self, file: IO[bytes], mark: Mark | None) -> None:
        self._file = file
        self._file.write(BOM.encode())
        self.write([line] for line in (mark.lines if mark else ()))

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        self._file.write(csv_text(rows).encode())

    def close(self) -> None:
        self._file.flush()


class _SheetWriter:
    def __init__(self, file: IO[bytes], name: str, mark: Mark | None) -> None:
        self._file, self._book = file, Workbook(write_only=True)
        self._sheet = self._book.create_sheet(name)
        if mark is not None:
            properties = self._book.properties
            properties.title, properties.creator, properties.description = (
                mark.title,
                mark.author,
                "\n".join(mark.lines),
            )
            self.write([line] for line in mark.lines)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self._sheet.append([safe(cell) for cell in row])

    def close(self) -> None:
        self._book.save(self._file)


def table_writer(file: IO[bytes], form: str, name: str, mark: Mark | None = None) -> TableWriter:
    """A writer of `csv` or `xlsx`, below the lines of the mark; `name` is that of the sheet."""
    return _CsvWriter(file, mark) if form == "csv" else _SheetWriter(file, name, mark)


def xlsx(name: str, rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as the only sheet of a workbook, in memory."""
    file = io.BytesIO()
    writer = table_writer(file, "xlsx", name)
    writer.write(rows)
    writer.close()
    return file.getvalue()
