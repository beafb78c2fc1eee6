"""What was wrong with the rows of an import."""

import msgspec

from domain.imports.queries import read
from domain.operators import OperatorIdentity
from kit import database

MOST = 100_000


class RowFault(msgspec.Struct, frozen=True):
    """A row (from 1, the header not counted), the column, and what would be right."""

    row: int
    path: str
    code: str
    detail: str


async def faults(operator: OperatorIdentity, import_id: int, limit: int = MOST) -> list[RowFault]:
    """By row, at most `limit`. Raises `NotFound`, also for another branch's import."""
    await read(operator, import_id)
    rows = await database.fetch(
        "SELECT row, path, code, detail FROM import_fault WHERE file_id = $1 ORDER BY row LIMIT $2", import_id, limit
    )
    return [RowFault(*row) for row in rows]
