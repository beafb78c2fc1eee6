"""What came in and needs somebody to look at it: parked messages, and the T+1 files by state."""

from datetime import datetime

import msgspec

from domain.intake.daily_file import COLUMNS, DailyFile, of_row
from kit import database


class Parked(msgspec.Struct, frozen=True):
    """A message that could not be taken; card numbers in the payload are masked."""

    id: int
    source: str
    position: str
    payload: str
    path: str
    code: str
    detail: str
    at: datetime


async def parked(before: int | None, limit: int) -> list[Parked]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        """SELECT id, source, position, payload, path, code, detail, at FROM parked_message
           WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2""",
        before,
        limit,
    )
    return [Parked(row[0], row[1], row[2], bytes(row[3]).decode("utf-8", "replace"), *row[4:]) for row in rows]


async def files(state: str | None, before: int | None, limit: int) -> list[DailyFile]:
    """Deliveries of T+1 files, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""SELECT {COLUMNS} FROM daily_file WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3""",
        state,
        before,
        limit,
    )
    return [of_row(row) for row in rows]
