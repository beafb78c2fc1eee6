"""Take the next rows of a verified file."""

from collections.abc import Sequence

from domain import customers, events
from domain.events import Event
from domain.intake.daily_file import DailyFile, change
from domain.intake.message import Message
from domain.intake.park import park
from domain.intake.states import FileState
from domain.intake.take import rejected
from kit import database
from kit.errors import Fault


async def take_rows(
    file: DailyFile,
    source: str,
    good: Sequence[tuple[Message, Event]],
    bad: Sequence[tuple[Message, Fault]],
    end: int,
) -> DailyFile:
    """Events, parked rows, counts and the new position in one transaction, so that no row is counted twice.

    `end` is the byte after the last of these rows. Raises `Conflict` (`intake.overtaken`) when another worker was
    faster.
    """
    # Outside: the process remembers these ids, which a rollback would make wrong.
    await customers.ids_of([event.customer_no for _, event in good])

    async def commit() -> DailyFile:
        async with database.transaction() as connection:
            taken = await change(connection, file, state=FileState.INGESTING, position=end)
            result = await events.ingest([event for _, event in good])
            refused = [*bad, *rejected(good, result)]
            await park(connection, source, refused)
            return await change(
                connection,
                taken,
                accepted=file.accepted + result.accepted,
                duplicates=file.duplicates + result.duplicates,
                suspended=file.suspended + len(result.suspended),
                rejected=file.rejected + len(refused),
            )

    return await database.retried(commit)
