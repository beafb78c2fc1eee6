"""What was reserved or given is not to be paid after all."""

from collections.abc import Collection

from domain.campaigns.moves import move
from kit.database import Connection


async def release(connection: Connection, sources: Collection[str], reason: str) -> None:
    """Give back what these sources have reserved or committed, to the day on which it was reserved. Idempotent.

    The caller holds the customers' locks. Locks the budgets in order of campaign.
    """
    await move(connection, sources, "release", reason)
