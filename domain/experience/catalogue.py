"""The level table in force, decoded once per process."""

import asyncio

import msgspec

from domain import approvals
from domain.experience.definition import Level, LevelTable

KIND = "level-tables"
CODE = "default"
"""The one table that applies; tables under other codes may be prepared and approved, but nobody stands on them."""


class TableInForce(msgspec.Struct, frozen=True):
    """A version of the table; version 0 is the one built in."""

    version: int
    table: LevelTable


BUILT_IN = TableInForce(0, LevelTable("会员等级", [Level(0, "普通会员", 0)]))


class LevelCatalogue:
    """Replaced as a whole when the live set has changed: compare `revision` under the shared lock of the live set."""

    def __init__(self) -> None:
        self.revision = -1
        self.in_force = BUILT_IN
        self._loading = asyncio.Lock()

    async def follow(self, revision: int) -> None:
        """Make the table the one of `revision` (as read in the caller's transaction), or newer."""
        if self.revision >= revision:
            return
        async with self._loading:
            if self.revision >= revision:
                return
            live = [version for version in await approvals.live(KIND) if version.code == CODE]
            self.in_force = (
                TableInForce(live[0].version, msgspec.convert(live[0].body, LevelTable)) if live else BUILT_IN
            )
            self.revision = revision

    async def refresh(self) -> None:
        """Look whether the live set has changed."""
        await self.follow(await approvals.current_revision())


catalogue = LevelCatalogue()
