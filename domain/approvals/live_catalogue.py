"""What a process holds of the live set, decoded once."""

import asyncio
from abc import ABC, abstractmethod

from domain.approvals.live_set import current_revision
from kit import database


class LiveCatalogue(ABC):
    """Replaced as a whole when the live set has changed: compare `revision` under the shared lock of the live set.

    Each catalogue says in `load` what it holds.
    """

    def __init__(self) -> None:
        self.revision = -1
        self._loading = asyncio.Lock()

    async def follow(self, revision: int) -> None:
        """Make the catalogue the one of `revision` (as read in the caller's transaction), or newer. Only inside one."""
        if self.revision >= revision:
            return
        async with self._loading:
            if self.revision < revision:
                await self.load(revision)
                self.revision = revision

    async def refresh(self) -> None:
        """Look whether the live set has changed."""
        revision = await current_revision()
        if self.revision < revision:
            # Whoever waits for the lock may hold a connection: who holds the lock must not wait for one.
            async with database.transaction():
                await self.follow(revision)

    @abstractmethod
    async def load(self, revision: int) -> None:
        """Hold what is live now, which is of `revision` or newer."""
