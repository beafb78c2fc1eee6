"""A T+1 file, or a part of one, lies in the inbox."""

from datetime import date, datetime

from domain.intake.daily_file import COLUMNS, DailyFile, change, of_row
from domain.intake.states import FileState
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict

_NEWEST = f"SELECT {COLUMNS} FROM daily_file WHERE name = $1 ORDER BY delivery DESC LIMIT 1"
_MISSING = f"SELECT {COLUMNS} FROM daily_file WHERE business_date = $1 AND state = 'missing'"
_INSERT = f"""INSERT INTO daily_file (name, delivery, business_date, state, ok_stamp, missing_at, noted_at,
                                      position, accepted, duplicates, suspended, rejected)
              VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING {COLUMNS}"""


async def arrive(name: str, business_date: date, ok_stamp: int | None) -> DailyFile:
    """The delivery this is: the one under way, or a new one when the last is over and the companion is another.

    `ok_stamp` is None while file or companion is not there. Idempotent. The first file of a day that was missing
    takes the place of its absence. Raises `Conflict` (`intake.overtaken`) when another worker was faster.
    """
    async with database.transaction() as connection:
        row = await connection.fetchrow(_NEWEST, name) or await connection.fetchrow(_MISSING, business_date)
        last = of_row(row) if row else None
        if last is None:
            return await _new(connection, name, 1, business_date, ok_stamp, None)
        if last.state == FileState.MISSING:
            return await change(connection, last, state=FileState.WAITING, name=name, ok_stamp=ok_stamp)
        if ok_stamp is None or ok_stamp == last.ok_stamp:
            return last
        if not last.is_over:
            return await change(connection, last, ok_stamp=ok_stamp)
        missing_at = last.missing_at if last.state == FileState.MISMATCHING else None
        return await _new(connection, name, last.delivery + 1, business_date, ok_stamp, missing_at)


async def _new(
    connection: Connection,
    name: str,
    delivery: int,
    business_date: date,
    ok_stamp: int | None,
    missing_at: datetime | None,
) -> DailyFile:
    values = (name, delivery, business_date, FileState.WAITING, ok_stamp, missing_at, clock.now())
    row = await connection.fetchrow(_INSERT, *values)
    if row is None:
        raise Conflict("intake.overtaken", "another worker is at this file")
    return of_row(row)
