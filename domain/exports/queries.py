"""Exports as operators see them: those of their branches, head office all."""

from domain.exports.export import COLUMNS, Export, export_of, seen
from domain.operators import OperatorIdentity
from kit import database


async def read(operator: OperatorIdentity, export_id: int) -> Export:
    """One export. Raises `NotFound`, also for another branch's."""
    return seen(operator, await database.fetchrow(f"SELECT {COLUMNS} FROM export WHERE id = $1", export_id))


async def list_(operator: OperatorIdentity, *, before: int | None = None, limit: int = 20) -> list[Export]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""SELECT {COLUMNS} FROM export WHERE ($1::text[] IS NULL OR branch = ANY($1))
              AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3""",
        operator.within,
        before,
        limit,
    )
    return [export_of(row) for row in rows]
