"""Compare a file with its companion, and with what was taken under its name before."""

import msgspec

from domain.intake.daily_file import DailyFile, change
from domain.intake.rules import Begun, Declared, Measured, judge, why_mismatching
from domain.intake.states import TAKEN, FileState
from kit import clock, database, logging
from kit.database import Connection

log = logging.get("intake")


async def verify(file: DailyFile, declared: Declared | None, measured: Measured) -> DailyFile:
    """Move a delivery to verified, duplicate or mismatching; one being taken stays so while its content is the same.

    `declared` is None when the companion cannot be read. Raises `Conflict` (`intake.overtaken`).
    """
    why = why_mismatching(file.name or "", declared, measured)
    async with database.transaction() as connection:
        state, reason = judge(file.state, why, measured.digest, await _begun(connection, file))
        if state == FileState.INGESTING:
            return file
        when = "verified_at" if state == FileState.VERIFIED else "finished_at"
        found = msgspec.structs.asdict(measured) if file.position == 0 else {}
        found.pop("fault", None)
        verified = await change(connection, file, state=state, detail=reason, **{when: clock.now()}, **found)
    if state == FileState.MISMATCHING:
        log.error("intake.file_mismatching", file=file.name, delivery=file.delivery, reason=reason)
    else:
        log.info(f"intake.file_{state}", file=file.name, delivery=file.delivery, rows=measured.rows)
    return verified


async def _begun(connection: Connection, file: DailyFile) -> Begun | None:
    row = await connection.fetchrow(
        """SELECT digest, state FROM daily_file WHERE name = $1 AND (position > 0 OR state IN ('done', 'late'))
           ORDER BY state IN ('done', 'late') DESC, delivery LIMIT 1""",
        file.name,
    )
    return Begun(row["digest"], FileState(row["state"]) in TAKEN) if row else None
