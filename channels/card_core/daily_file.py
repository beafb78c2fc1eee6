"""The core tells us again by a T+1 file: verified against its companion, then taken row by row where it was left."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from channels.card_core import flat_file
from channels.card_core.flat_file import COMPANION, FileChanged, Mark, Rows
from channels.card_core.messages import SOURCE, judged, read_each
from domain import intake
from domain.intake import TAKING, DailyFile, Message
from kit import logging
from kit.errors import Conflict, Fault

log = logging.get("daily_file")
T = TypeVar("T")
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Inbox:
    """Where files arrive, and the hour (Asia/Shanghai) at which yesterday's should have."""

    folder: Path
    due_hour: int = 10

    async def take_files(self) -> int:
        """Carry every file as far as it can be carried now, note the missing days; how many rows were taken.

        Raises what the database raises. The inbox is only read: tidying it is its owner's affair.
        """
        arrivals = await asyncio.to_thread(_arrivals, self.folder)
        known = await intake.latest([arrival.path.name for arrival in arrivals])
        rows = 0
        for arrival in arrivals:
            if not _is_news(arrival, known.get(arrival.path.name)):
                continue
            try:
                rows += await _carry(arrival)
            except _Unreadable as error:
                log.warning("daily_file.unreadable", file=arrival.path.name, error=repr(error.__cause__))
            except Conflict as error:
                log.info("daily_file.overtaken", file=arrival.path.name, error=str(error))
        await intake.note_missing(self.due_hour)
        return rows


class _Unreadable(Exception):
    """This file cannot be read now; other files may."""


async def _read(work: Callable[..., T], *arguments: object) -> T:
    """In a thread: a file of a day takes seconds to read."""
    try:
        return await asyncio.to_thread(work, *arguments)
    except (OSError, FileChanged) as error:
        raise _Unreadable from error


@dataclass(frozen=True)
class _Arrival:
    """A file's name in the inbox; `ok_stamp` (the companion's modification time, ns) only when both are there."""

    path: Path
    business_date: date
    ok_stamp: int | None


def _arrivals(folder: Path) -> list[_Arrival]:
    """By day, then by name. Raises `OSError`."""
    there = {entry.name: entry for entry in folder.iterdir()}
    found: list[_Arrival] = []
    for name in sorted({name.removesuffix(COMPANION) for name in there}):
        business_date = flat_file.business_date_of(name)
        if business_date is not None:
            companion = there.get(name + COMPANION) if name in there else None
            stamp = companion.stat().st_mtime_ns if companion else None
            found.append(_Arrival(folder / name, business_date, stamp))
    return sorted(found, key=lambda one: (one.business_date, one.path.name))


def _is_news(arrival: _Arrival, known: DailyFile | None) -> bool:
    if known is None or not known.is_over:
        return True
    return arrival.ok_stamp is not None and arrival.ok_stamp != known.ok_stamp


async def _carry(arrival: _Arrival) -> int:
    file = await intake.arrive(arrival.path.name, arrival.business_date, arrival.ok_stamp)
    if arrival.ok_stamp is None:
        return 0
    declared = await _read(flat_file.read_companion, arrival.path.with_name(arrival.path.name + COMPANION))
    measured, mark = await _read(flat_file.measure, arrival.path)
    file = await intake.verify(file, declared, measured)
    return await _take(arrival.path, file, mark) if file.state in TAKING else 0


async def _take(path: Path, file: DailyFile, mark: Mark) -> int:
    began = file.rows_taken
    while True:
        rows = await _read(flat_file.read_rows, path, mark, file.position, ROWS_AT_ONCE)
        if not rows.lines:
            break
        file = await _take_rows(path, file, rows)
    await intake.finish(file)
    return file.rows_taken - began


async def _take_rows(path: Path, file: DailyFile, rows: Rows) -> DailyFile:
    encoding = flat_file.encoding_of(path.name)
    messages: list[Message] = []
    bodies: list[bytes] = []
    bad: list[tuple[Message, Fault]] = []
    for number, line in enumerate(rows.lines, start=file.rows_taken + 1):
        message = Message(f"file:{path.name}:{number}", _as_utf8(line, encoding))
        body = flat_file.body_of(line, rows.columns, encoding)
        if isinstance(body, Fault):
            bad.append((message, body))
        else:
            messages.append(message)
            bodies.append(body)
    good, refused = judged(messages, read_each(bodies))
    return await intake.take_rows(file, SOURCE, good, [*bad, *refused], rows.end)


def _as_utf8(line: bytes, encoding: str) -> bytes:
    try:
        return line.decode(encoding).encode()
    except UnicodeDecodeError:
        return line
