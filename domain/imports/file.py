"""An import as a row: read, held for a change, moved."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from domain.imports.states import CLOSED, WAITING, ImportState
from domain.operators import OperatorIdentity
from kit import clock
from kit.database import Connection, Record
from kit.errors import NotFound

KindName = Literal["customers", "benefit_codes", "events", "tags", "audience_members", "white_list", "risk_lists"]


class ImportFile(msgspec.Struct, frozen=True):
    """`rows` is known when the file was read; each of them becomes accepted, a duplicate or faulty. `attempts` counts
    those of the present step that failed, `worked_ms` how long its sets took together.
    """

    id: int
    kind: KindName
    target: str
    name: str
    digest: str
    dry_run: bool
    state: ImportState
    refusal: str | None
    rows: int
    position: int
    accepted: int
    duplicates: int
    faulty: int
    branch: str
    created_at: datetime
    closed_at: datetime | None
    attempts: int
    retry_at: datetime | None
    failure: str | None
    worked_ms: int

    @property
    def done(self) -> int:
        """Rows that were decided."""
        return self.accepted + self.duplicates + self.faulty

    @property
    def per_second(self) -> float | None:
        """Rows decided in a second of work; None before the first set."""
        return self.done * 1000 / self.worked_ms if self.worked_ms else None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at that speed; None where nobody can say, or nobody works."""
        if self.per_second is None or self.state not in WAITING:
            return None
        return (self.rows - self.done) / self.per_second


COLUMNS = ", ".join(ImportFile.__struct_fields__)


def file_of(row: Record) -> ImportFile:
    """The import in a row that has `COLUMNS`."""
    return ImportFile(**{**row, "state": ImportState(row["state"])})


def check_seen(operator: OperatorIdentity, row: Record | None) -> Record:
    """Raises `NotFound` (`import.not_found`), also for another branch's."""
    within = operator.within
    if row is None or (within is not None and row["branch"] not in within):
        raise NotFound("import.not_found", "没有这个导入文件")
    return row


async def move(connection: Connection, file: ImportFile, to: ImportState, **columns: Any) -> ImportFile:
    """Bring an import the caller holds into the state `to`, and set `columns` with it; at its end what waited goes."""
    closed = to in CLOSED
    given = {"state": str(to), "closed_at": clock.now() if closed else None, **columns}
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(given, 2))
    row = await connection.fetchrow(
        f"UPDATE import_file SET {settings} WHERE id = $1 RETURNING {COLUMNS}", file.id, *given.values()
    )
    if closed:
        await connection.execute("DELETE FROM import_part WHERE file_id = $1", file.id)
    assert row is not None  # the caller holds it
    return file_of(row)
