"""The last row of a file was taken."""

from domain.intake.daily_file import DailyFile, change
from domain.intake.states import FileState
from kit import clock, database, logging

log = logging.get("intake")


async def finish(file: DailyFile) -> DailyFile:
    """Close a delivery: done, or late when its day had been missing. Raises `Conflict` (`intake.overtaken`)."""
    state = FileState.DONE if file.missing_at is None else FileState.LATE
    async with database.transaction() as connection:
        finished = await change(connection, file, state=state, finished_at=clock.now())
    log.info(
        f"intake.file_{state}",
        file=file.name,
        accepted=file.accepted,
        duplicates=file.duplicates,
        suspended=file.suspended,
        rejected=file.rejected,
    )
    return finished
