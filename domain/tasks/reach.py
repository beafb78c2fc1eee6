"""How many customers the audiences of a task let see it, and what a new version changes of that."""

import msgspec
from pyroaring import BitMap64

from domain import audiences
from domain.tasks.definition import Visible
from kit.database import Connection


class Reach(msgspec.Struct, frozen=True):
    """Customers within the audiences, all else that may keep them from it aside: of the live version (None where there
    is none) and of the one in the making; how many would begin to see it, and would not see it any more.
    """

    before: int | None
    after: int
    gained: int
    lost: int


class _Among(msgspec.Struct, frozen=True):
    """Who is within; `inside` is None where everybody is."""

    inside: BitMap64 | None
    outside: BitMap64

    def and_(self, other: "_Among") -> "_Among":
        found = [one for one in (self.inside, other.inside) if one is not None]
        return _Among(BitMap64.intersection(*found) if found else None, self.outside | other.outside)

    def size(self, everybody: int) -> int:
        inside = self.inside
        return everybody - len(self.outside) if inside is None else len(inside - self.outside)


async def reach(connection: Connection, before: Visible | None, after: Visible) -> Reach:
    """As the audiences are now."""
    everybody = int(await connection.fetchval("SELECT count(*) FROM customer"))
    new = await _among(connection, after)
    size = new.size(everybody)
    if before is None:
        return Reach(None, size, size, 0)
    old = await _among(connection, before)
    both = old.and_(new).size(everybody)
    return Reach(old.size(everybody), size, size - both, old.size(everybody) - both)


async def _among(connection: Connection, seen_by: Visible) -> _Among:
    inside = await audiences.members(connection, seen_by.audience) if seen_by.audience else None
    return _Among(inside, await audiences.members(connection, seen_by.exclude) if seen_by.exclude else BitMap64())
