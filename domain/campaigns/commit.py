"""What was reserved is given."""

from collections.abc import Collection

from domain.campaigns.moves import move
from kit.database import Connection


async def commit(connection: Connection, sources: Collection[str]) -> None:
    """Count as spent what these sources have reserved. Idempotent; a source without a reservation cost nothing.

    The caller holds the customers' locks. Locks the budgets in order of campaign.
    """
    await move(connection, sources, "commit", "given")
