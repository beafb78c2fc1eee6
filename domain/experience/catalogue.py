"""The level table in force, decoded once per process."""

import msgspec

from domain import approvals
from domain.approvals import LiveCatalogue
from domain.experience.definition import Level, LevelTable

KIND = "level-tables"
CODE = "default"
"""The one table that applies; tables under other codes may be prepared and approved, but nobody stands on them."""


class TableInForce(msgspec.Struct, frozen=True):
    """A version of the table; version 0 is the one built in."""

    version: int
    table: LevelTable


BUILT_IN = TableInForce(0, LevelTable("会员等级", [Level(0, "普通会员", 0)]))


class LevelCatalogue(LiveCatalogue):
    """The table in force."""

    def __init__(self) -> None:
        super().__init__()
        self.in_force = BUILT_IN

    async def load(self, revision: int) -> None:
        """Decode the table."""
        live = [version for version in await approvals.live(KIND) if version.code == CODE]
        self.in_force = TableInForce(live[0].version, msgspec.convert(live[0].body, LevelTable)) if live else BUILT_IN


catalogue = LevelCatalogue()
