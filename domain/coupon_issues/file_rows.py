"""Rows of an uploaded CSV (UTF-8 or GB18030) or XLSX, read with bounded memory whatever stands in it. Pure."""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import IO

import msgspec

from kit.tables import encoding_of, is_workbook, rows_of

BATCH = 10_000
LONGEST = 2_000
COLUMN = "customer_no"
_LONGEST_NUMBER = 32


class Fault(msgspec.Struct, frozen=True):
    """A row that is no customer: `row.too_long`, `row.not_utf8`, `customer_no.empty`, `customer_no.invalid` or
    `customer.not_found`.
    """

    row: int
    code: str


class Row(msgspec.Struct, frozen=True):
    """A row by its number (from 1, the header not counted), and what is wrong with it."""

    number: int
    customer_no: str
    fault: str | None = None


def batches(file: IO[bytes]) -> Iterator[list[Row]]:
    """The rows of a file, up to 10,000 at a time; empty lines are none. Raises `UnreadableError`."""
    rows = _rows(_sheet(file) if is_workbook(file) else _text(file))
    while batch := list(islice(rows, BATCH)):
        yield batch


def _rows(records: Iterator[list[str] | str]) -> Iterator[Row]:
    place, number = 0, 0
    for count, fields in enumerate(records):
        if count == 0 and isinstance(fields, list) and COLUMN in (names := [one.strip().lower() for one in fields]):
            place = names.index(COLUMN)
            continue
        number += 1
        if isinstance(fields, str):
            yield Row(number, "", fields)
            continue
        customer_no = fields[place].strip() if place < len(fields) else ""
        yield Row(number, customer_no, _fault(customer_no))


def _sheet(file: IO[bytes]) -> Iterator[list[str] | str]:
    """The cells of each row of a sheet that is not empty."""
    return (cells for cells in rows_of(file) if any(cell.strip() for cell in cells))


def _text(file: IO[bytes]) -> Iterator[list[str] | str]:
    """The fields of each line, or the code of what is wrong with it: in a text that is neither UTF-8 nor GB18030 as a
    whole each line that is not UTF-8 is a fault of its own.
    """
    encoding = "gb18030" if encoding_of(file) == "gb18030" else "utf-8"
    return (_fields(line, encoding) for line in _lines(file))


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines that are not empty; of one that is too long only its beginning, which is too long as well."""
    first = True
    while line := file.readline(LONGEST + 1):
        begins = line
        while not line.endswith(b"\n") and len(line) > LONGEST:
            line = file.readline(LONGEST + 1)
        if first:
            begins, first = begins.removeprefix(b"\xef\xbb\xbf"), False
        if begins.strip():
            yield begins


def _fields(line: bytes, encoding: str) -> list[str] | str:
    """The fields of a line, or the code of what is wrong with it."""
    if len(line.rstrip(b"\r\n")) > LONGEST:
        return "row.too_long"
    try:
        return next(csv.reader([line.decode(encoding)]))
    except UnicodeDecodeError:
        return "row.not_utf8"
    except csv.Error:
        return "customer_no.invalid"


def _fault(customer_no: str) -> str | None:
    if not customer_no:
        return "customer_no.empty"
    if len(customer_no) > _LONGEST_NUMBER or not (customer_no.isascii() and customer_no.isprintable()):
        return "customer_no.invalid"
    return None
