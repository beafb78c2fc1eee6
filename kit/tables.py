"""Tables that come in, as CSV (UTF-8 or GB18030) or as a sheet (XLSX), read row by row with bounded memory."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from openpyxl import load_workbook

LARGEST_UNPACKED = 128 * 1024 * 1024
_MOST_PARTS = 1_000
_CHUNK = 1 << 20
_BEGINS = 4_096


class UnreadableError(Exception):
    """The file is no such table; the message says why."""


def rows_of(file: IO[bytes]) -> Iterator[list[str]]:
    """The rows of a file, whatever it is, cells as text. Raises `UnreadableError`, also in the middle."""
    return _sheet_rows(file) if is_workbook(file) else _csv_rows(file)


def is_workbook(file: IO[bytes]) -> bool:
    """Whether a file begins as a workbook does; it is at its beginning afterwards."""
    begins = file.read(4)
    file.seek(0)
    return begins == b"PK\x03\x04"


def _csv_rows(file: IO[bytes]) -> Iterator[list[str]]:
    encoding = encoding_of(file)
    if encoding is None:
        raise UnreadableError("the text is neither UTF-8 nor GB18030")
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        reader = csv.reader(text)
        for row in reader:
            if any("\x00" in cell for cell in row):
                raise UnreadableError(f"line {reader.line_num} contains U+0000")
            yield row
    except csv.Error as error:
        raise UnreadableError(f"line {reader.line_num}: {error}") from None
    finally:
        text.detach()


def encoding_of(file: IO[bytes]) -> str | None:
    """`utf-8-sig`, `gb18030` or, where the text is neither, None; the file is at its beginning afterwards."""
    for name in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(name)()
        file.seek(0)
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        file.seek(0)
        return name
    file.seek(0)
    return None


def _sheet_rows(file: IO[bytes]) -> Iterator[list[str]]:
    try:
        _check_bounds(file)
        book = load_workbook(file, read_only=True, data_only=True)
        sheet: Iterable[Any] = book.worksheets[0].iter_rows(values_only=True)
        for row in sheet:
            cells = [_text(cell) for cell in row]
            if any("\x00" in cell for cell in cells):
                raise UnreadableError("a cell contains U+0000")
            while cells and not cells[-1]:
                cells.pop()
            yield cells
    except UnreadableError:
        raise
    # Whatever a broken workbook makes of its readers: it is not readable.
    except Exception as error:
        raise UnreadableError(f"not a readable workbook ({type(error).__name__})") from None


def _check_bounds(file: IO[bytes]) -> None:
    """A small file may unpack to a very large one; an entry never yields more than its header says."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise UnreadableError(f"the workbook unpacks to more than {LARGEST_UNPACKED >> 20} MB")
        for part in parts:
            with archive.open(part) as content:
                if b"<!DOCTYPE" in content.read(_BEGINS):
                    raise UnreadableError("the workbook declares entities")


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
