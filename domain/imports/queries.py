"""Imports as operators see them: those of their branches, head office all."""

from domain.imports.file import COLUMNS, ImportFile, check_seen, file_of
from domain.imports.states import ImportState
from domain.operators import OperatorIdentity
from kit import database


async def read(operator: OperatorIdentity, import_id: int) -> ImportFile:
    """One import. Raises `NotFound`, also for another branch's."""
    return file_of(
        check_seen(operator, await database.fetchrow(f"SELECT {COLUMNS} FROM import_file WHERE id = $1", import_id))
    )


async def list_(
    operator: OperatorIdentity, *, state: ImportState | None = None, before: int | None = None, limit: int = 20
) -> list[ImportFile]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""SELECT {COLUMNS} FROM import_file WHERE ($1::text[] IS NULL OR branch = ANY($1))
              AND ($2::bigint IS NULL OR id < $2) AND ($4::text IS NULL OR state = $4) ORDER BY id DESC LIMIT $3""",
        operator.within,
        before,
        limit,
        state,
    )
    return [file_of(row) for row in rows]
