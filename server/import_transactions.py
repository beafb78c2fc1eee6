"""Plays a CSV of transactions through the one ingest, with a progress bar; a run that was cut off goes on."""

import csv
import gzip
import hashlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain import events
from domain.events import Event
from kit import clock
from server.process import running
from server.settings import Settings

COLUMNS = ("txn_id", "card_token", "date", "type", "amount_minor", "merchant", "mcc")
BATCH = 2_000
_SHOWN_REJECTIONS = 10
_NOON = timedelta(hours=12)


@dataclass
class Tally:
    """How far an import has come; kept beside the data so that it can go on."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    suspended: int = 0
    rejected: int = 0
    reasons: list[str] = field(default_factory=list)

    def reject(self, row: int, reason: str) -> None:
        """Count a row that cannot be taken, and keep the first few reasons."""
        self.rejected += 1
        if len(self.reasons) < _SHOWN_REJECTIONS:
            self.reasons.append(f"row {row}: {reason}")


async def run(settings: Settings, file: Path, source: str, *, restart: bool) -> int:
    """Import `file`; returns the exit code (1 when rows were rejected, 2 when the file is not what it should be)."""
    console = Console(highlight=False)
    total, digest = _measure(file)
    notes = settings.data_dir / "imports" / f"{digest[:16]}-{source}.json"
    tally = Tally() if restart else _resumed(notes)
    if tally.rows:
        console.print(f"going on after row {tally.rows}")
    began, before = time.perf_counter(), tally.rows
    async with running(settings):
        try:
            await _play(file, source, tally, notes, total, console)
        except _NotTransactions as error:
            console.print(f"[red]{error}")
            return 2
    notes.unlink(missing_ok=True)
    seconds = time.perf_counter() - began
    console.print(f"accepted {tally.accepted}  duplicates {tally.duplicates}  rejected {tally.rejected}")
    if tally.suspended:
        console.print(f"of the duplicates {tally.suspended} differ from what is known and wait for operators")
    for reason in tally.reasons:
        console.print(f"[yellow]{reason}")
    console.print(f"{tally.rows - before} rows in {seconds:.1f} s, {(tally.rows - before) / seconds:,.0f} rows/s")
    return 1 if tally.rejected else 0


class _NotTransactions(Exception):
    """The file has other columns."""


async def _play(file: Path, source: str, tally: Tally, notes: Path, total: int, console: Console) -> None:
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("rows", total=total, completed=tally.rows)
        for numbered in _batches(file, tally.rows):
            good: list[Event] = []
            places: list[int] = []
            for number, row in numbered:
                try:
                    good.append(_event(row, source))
                    places.append(number)
                except ValueError as error:
                    tally.reject(number, str(error))
            result = await events.ingest(good)
            tally.accepted += result.accepted
            tally.duplicates += result.duplicates
            tally.suspended += len(result.suspended)
            for rejection in result.rejected:
                tally.reject(places[rejection.index], f"{rejection.path} {rejection.detail}")
            tally.rows += len(numbered)
            _note(notes, tally)
            progress.update(bar, completed=tally.rows)


def _event(row: dict[str, str | None], source: str) -> Event:
    """Dates become noon in Shanghai; amounts are minor units already. Raises `ValueError` naming the column."""
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in ("txn_id", "card_token", "date", "type", "amount_minor"):
        if not values[name]:
            raise ValueError(f"{name} is empty")
    if values["type"] not in ("purchase", "refund"):
        raise ValueError(f"type is {values['type']!r}, expected purchase or refund")
    try:
        day = datetime.strptime(values["date"], "%Y-%m-%d").replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise ValueError(f"date is {values['date']!r}, expected YYYY-MM-DD") from None
    if not values["amount_minor"].isdigit():
        raise ValueError(f"amount_minor is {values['amount_minor']!r}, expected a whole number of fen")
    for name, longest in (("txn_id", 64), ("card_token", 32), ("mcc", 4), ("merchant", 128)):
        if len(values[name]) > longest:
            raise ValueError(f"{name} is longer than {longest} characters")
    return Event(
        source=source,
        event_id=values["txn_id"],
        type=values["type"],
        customer_no=values["card_token"],
        occurred_at=day + _NOON,
        amount_fen=int(values["amount_minor"]),
        mcc=values["mcc"] or None,
        merchant_name=values["merchant"] or None,
        card_token=values["card_token"],
    )


def _open(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open("r", encoding="utf-8-sig", newline="")


def _batches(file: Path, skip: int) -> Iterator[list[tuple[int, dict[str, str | None]]]]:
    """Rows with their numbers (from 1), after the first `skip`."""
    with _open(file) as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise _NotTransactions(f"{file} has no column {', '.join(missing)}; expected {', '.join(COLUMNS)}")
        batch: list[tuple[int, dict[str, str | None]]] = []
        for number, row in enumerate(reader, start=1):
            if number <= skip:
                continue
            batch.append((number, row))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def _measure(file: Path) -> tuple[int, str]:
    """How many rows there are, and what tells this content apart."""
    digest = hashlib.sha256()
    with file.open("rb") as raw:
        while block := raw.read(1 << 20):
            digest.update(block)
    with _open(file) as lines:
        return max(0, sum(1 for _ in csv.reader(lines)) - 1), digest.hexdigest()


def _resumed(notes: Path) -> Tally:
    try:
        return Tally(**msgspec.json.decode(notes.read_bytes()))
    except FileNotFoundError:
        return Tally()


def _note(notes: Path, tally: Tally) -> None:
    notes.parent.mkdir(parents=True, exist_ok=True)
    draft = notes.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(asdict(tally)))
    draft.replace(notes)
