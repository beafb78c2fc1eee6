"""The tree of branches: what stands below what."""

from collections.abc import Sequence

import msgspec

from domain.operators.identity import HEAD_OFFICE
from kit import database
from kit.database import Connection

BELOW = """WITH RECURSIVE below (code) AS (
  SELECT code FROM branch WHERE parent_id = $1 UNION SELECT b.code FROM branch b JOIN below ON b.parent_id = below.code)
SELECT code FROM below"""


class Branch(msgspec.Struct, frozen=True):
    """A branch; only head office has no parent."""

    code: str
    name: str
    parent: str | None


async def branches(within: Sequence[str] | None) -> list[Branch]:
    """The branches of this list, or all of them, by code."""
    codes = None if within is None else list(within)
    rows = await database.fetch(
        "SELECT code, name, parent_id FROM branch WHERE $1::text[] IS NULL OR code = ANY($1) ORDER BY code", codes
    )
    return [Branch(*row) for row in rows]


async def below(connection: Connection, branch: str) -> frozenset[str]:
    """What stands below a branch; of head office nothing is listed, as everything does."""
    if branch == HEAD_OFFICE:
        return frozenset()
    return frozenset(row["code"] for row in await connection.fetch(BELOW, branch))


async def customers_of(connection: Connection, branch: str) -> list[str] | None:
    """The branches whose customers are those of `branch`: its own and those below; None for head office's, all."""
    return None if branch == HEAD_OFFICE else [branch, *sorted(await below(connection, branch))]
