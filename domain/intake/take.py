"""Take what a stream brought: good messages become events, the others are parked."""

from collections.abc import Sequence

from domain import events
from domain.events import Event, IngestResult
from domain.intake.message import Message, Taken
from domain.intake.park import park
from kit import database
from kit.errors import Fault


async def take(source: str, good: Sequence[tuple[Message, Event]], bad: Sequence[tuple[Message, Fault]]) -> Taken:
    """Durable when this returns: only now may the stream be told that these messages are settled.

    Idempotent: taken again, the events count as duplicates and the parked stay parked once.
    """
    result = await events.ingest([event for _, event in good])
    refused = [*bad, *rejected(good, result)]
    if refused:
        async with database.transaction() as connection:
            await park(connection, source, refused)
    return Taken(result.accepted, result.duplicates, len(result.suspended), len(refused))


def rejected(good: Sequence[tuple[Message, Event]], result: IngestResult) -> list[tuple[Message, Fault]]:
    """The messages whose events were not accepted, and why."""
    return [(good[one.index][0], Fault(one.path, one.code, one.detail)) for one in result.rejected]
