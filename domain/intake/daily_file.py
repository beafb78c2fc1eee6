"""Rows of the table of T+1 files: one per delivery."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from domain.intake.states import FileState, is_over, may
from kit import database
from kit.database import Connection, Record
from kit.errors import Conflict


class DailyFile(msgspec.Struct, frozen=True):
    """A delivery. `ok_stamp` tells deliveries of one name apart; `position` is the byte where the next row begins."""

    id: int
    name: str | None
    delivery: int
    business_date: date
    state: FileState
    ok_stamp: int | None
    digest: str | None
    rows: int | None
    position: int
    accepted: int
    duplicates: int
    suspended: int
    rejected: int
    detail: str | None
    missing_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can become of it."""
        return is_over(self.state)

    @property
    def rows_taken(self) -> int:
        """How many rows lie before `position`, whatever became of them."""
        return self.accepted + self.duplicates + self.rejected


COLUMNS = ", ".join(DailyFile.__struct_fields__)


def of_row(row: Record) -> DailyFile:
    """A row that has `COLUMNS`."""
    values = dict(row)
    return DailyFile(**{**values, "state": FileState(values["state"])})


async def latest(names: Sequence[str]) -> dict[str, DailyFile]:
    """The last delivery under each of `names` that was ever delivered."""
    rows = await database.fetch(
        f"""SELECT DISTINCT ON (name) {COLUMNS} FROM daily_file
            WHERE name = ANY($1::text[]) ORDER BY name, delivery DESC""",
        list(names),
    )
    return {row["name"]: of_row(row) for row in rows}


async def change(connection: Connection, file: DailyFile, **columns: Any) -> DailyFile:
    """Write `columns` if the delivery is still as `file` says; its row stays locked until the end of the transaction.

    Raises `Conflict` (`intake.overtaken`) when another worker was faster.
    """
    after = columns.get("state", file.state)
    if not may(file.state, after):
        raise ValueError(f"a daily file cannot go from {file.state} to {after}")
    setting = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=5))
    row = await connection.fetchrow(
        f"""UPDATE daily_file SET {setting}
            WHERE id = $1 AND state = $2 AND position = $3 AND ok_stamp IS NOT DISTINCT FROM $4 RETURNING {COLUMNS}""",
        file.id,
        file.state,
        file.position,
        file.ok_stamp,
        *columns.values(),
    )
    if row is None:
        raise Conflict("intake.overtaken", "another worker is at this file")
    return of_row(row)
