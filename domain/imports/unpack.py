"""A received file becomes sets of rows."""

import asyncio
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from domain.imports.file import ImportFile, move
from domain.imports.kinds import KINDS
from domain.imports.states import ImportState
from domain.imports.vault import vault
from kit.database import Connection
from kit.tables import UnreadableError, rows_of

SET = 1_000
MOST_ROWS = 1_000_000
_END: Any = object()


async def unpack(connection: Connection, file: ImportFile) -> ImportFile:
    """Read a file whose row the caller holds, and keep its rows in sealed sets; a file that is none is refused."""
    with tempfile.TemporaryFile() as copy:
        async for part in connection.cursor(
            "SELECT sealed FROM import_part WHERE file_id = $1 AND holds = 'bytes' ORDER BY number", file.id
        ):
            copy.write(vault().open_bytes(part["sealed"]))
        copy.seek(0)
        try:
            rows = await _keep(connection, file, _sets(copy, KINDS[file.kind].shape))
        except UnreadableError as error:
            await connection.execute("DELETE FROM import_part WHERE file_id = $1 AND holds = 'rows'", file.id)
            return await move(connection, file, ImportState.REFUSED, refusal=str(error)[:200])
    await connection.execute("DELETE FROM import_part WHERE file_id = $1 AND holds = 'bytes'", file.id)
    return await move(
        connection, file, ImportState.RUNNING if rows else ImportState.DONE, rows=rows, attempts=0, retry_at=None
    )


async def _keep(connection: Connection, file: ImportFile, sets: Iterator[list[list[str]]]) -> int:
    rows = number = 0
    # In a thread: reading a sheet would keep the loop busy for seconds.
    while (found := await asyncio.to_thread(next, sets, _END)) is not _END:
        await connection.execute(
            "INSERT INTO import_part (file_id, holds, number, sealed) VALUES ($1, 'rows', $2, $3)",
            file.id,
            number,
            vault().seal_bytes(msgspec.json.encode(found)),
        )
        # The first row of a set names the columns.
        rows, number = rows + len(found) - 1, number + 1
    return rows


def _sets(copy: IO[bytes], shape: type[Any]) -> Iterator[list[list[str]]]:
    """Sets of rows, each below the names of the columns. Raises `UnreadableError`."""
    header: list[str] | None = None
    waiting: list[list[str]] = []
    count = 0
    for row in rows_of(copy):
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = _header(row, shape)
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableError(f"more than {MOST_ROWS} rows")
        waiting.append(row)
        if len(waiting) == SET:
            yield [header, *waiting]
            waiting = []
    if header is None:
        raise UnreadableError("there is no row")
    if waiting:
        yield [header, *waiting]


def _header(row: list[str], shape: type[Any]) -> list[str]:
    names = [cell.strip().lower() for cell in row]
    known = {field.name: field.required for field in msgspec.structs.fields(shape)}
    unknown = [name for name in names if name not in known]
    missing = [name for name, required in known.items() if required and name not in names]
    if unknown or missing or len(set(names)) < len(names):
        raise UnreadableError(
            f"the first row names the columns, some of: {', '.join(known)}; needed: "
            f"{', '.join(name for name, required in known.items() if required)}"
        )
    return names
