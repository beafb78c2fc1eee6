"""The worker takes the next set of rows of an import."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from domain.imports.file import COLUMNS, ImportFile, file_of, move
from domain.imports.kinds import KINDS, Outcome
from domain.imports.rows import read_row
from domain.imports.states import ImportState, wait_after
from domain.imports.unpack import unpack
from domain.imports.vault import vault
from kit import clock, database, logging
from kit.database import Connection
from kit.errors import Fault

log = logging.get("imports")


class _DryRun(Exception):
    """Thrown to undo what a dry run did."""


async def work_next() -> int:
    """Take one step of the import that has waited longest; returns how many steps were taken or tried, 0 when none
    waits or another worker is at it.

    What a set does, its faults, its counts and the position after it are one transaction: killed at any point, an
    import goes on where it committed last. A step that fails is tried again, later each time, and at last the import
    is `failed`; others go on meanwhile. Locks the import before everything else.
    """
    row = await database.fetchrow(
        f"""SELECT {COLUMNS} FROM import_file
            WHERE state IN ('received', 'running') AND (retry_at IS NULL OR retry_at <= $1)
            ORDER BY state DESC, id LIMIT 1""",
        clock.now(),
    )
    if row is None:
        return 0
    file = file_of(row)
    try:
        return await _work(file)
    except Exception as error:
        # No fault of the file's, and nobody could write it down; but what cannot be sent is called the same.
        if isinstance(error, database.UNREACHABLE) and not isinstance(error, ValueError):
            raise
        log.error("import.step_failed", file=file.id, attempt=file.attempts + 1, exc_info=error)
        return await database.retried(partial(_note_failure, file, type(error).__name__))


async def _work(file: ImportFile) -> int:
    prepare = KINDS[file.kind].prepare
    if prepare is not None and file.state == ImportState.RUNNING:
        async with database.connection() as connection:
            good, _ = await _rows(connection, file)
        await prepare(file, list(good.items()))
    return await database.retried(partial(_step, file))


async def _note_failure(file: ImportFile, reason: str) -> int:
    """If the import is still as `file` says."""
    attempts = file.attempts + 1
    wait = wait_after(attempts)
    async with database.transaction() as connection:
        if not await _held(connection, file):
            return 0
        if wait is None:
            await move(connection, file, ImportState.FAILED, attempts=attempts, retry_at=None, failure=reason[:200])
        else:
            await move(connection, file, file.state, attempts=attempts, retry_at=clock.now() + wait)
    return 1


async def _held(connection: Connection, file: ImportFile) -> bool:
    """Whether the import is as `file` says, nobody else works on it, and nobody can until the transaction ends."""
    held = await connection.fetchval(
        """SELECT id FROM import_file WHERE id = $1 AND state = $2 AND position = $3 AND attempts = $4
           FOR NO KEY UPDATE SKIP LOCKED""",
        file.id,
        file.state,
        file.position,
        file.attempts,
    )
    return held is not None


async def _step(file: ImportFile) -> int:
    """If the import is still as `file` says."""
    async with database.transaction() as connection:
        if not await _held(connection, file):
            return 0
        moved = await (unpack if file.state == ImportState.RECEIVED else _take_set)(connection, file)
        close = KINDS[file.kind].close
        if close is not None and moved.state == ImportState.DONE and not moved.dry_run:
            await close(connection, moved)
    if moved.state != file.state:
        log.info("import.moved", file=file.id, state=moved.state, rows=moved.rows, faulty=moved.faulty)
    return 1


async def _take_set(connection: Connection, file: ImportFile) -> ImportFile:
    good, faults = await _rows(connection, file)
    outcome = await _outcome(connection, file, good) if good else Outcome()
    faults |= outcome.faults
    await _note(connection, file, faults | outcome.repeats)
    took_ms = await connection.fetchval("SELECT 1000 * extract(epoch FROM clock_timestamp() - now())")
    counts = {
        "accepted": file.accepted + outcome.accepted,
        "duplicates": file.duplicates + outcome.duplicates,
        "faulty": file.faulty + len(faults),
        "position": file.position + 1,
        "attempts": 0,
        "retry_at": None,
        "worked_ms": file.worked_ms + max(1, round(took_ms)),
    }
    over = counts["accepted"] + counts["duplicates"] + counts["faulty"] == file.rows
    return await move(connection, file, ImportState.DONE if over else ImportState.RUNNING, **counts)


async def _outcome(connection: Connection, file: ImportFile, good: Mapping[int, Any]) -> Outcome:
    kind = KINDS[file.kind]
    outcome = Outcome()
    try:
        async with connection.transaction():
            outcome = await kind.take(connection, file, list(good.items()))
            if file.dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return outcome


async def _rows(connection: Connection, file: ImportFile) -> tuple[dict[int, Any], dict[int, Fault]]:
    """Good rows and faults of the set at the position, by the number of the row (from 1)."""
    sealed = await connection.fetchval(
        "SELECT sealed FROM import_part WHERE file_id = $1 AND holds = 'rows' AND number = $2", file.id, file.position
    )
    if sealed is None:
        return {}, {}
    names, *rows = msgspec.json.decode(vault().open_bytes(sealed), type=list[list[str]])
    shape = KINDS[file.kind].shape
    good: dict[int, Any] = {}
    faults: dict[int, Fault] = {}
    first = file.done + 1
    for number, cells in enumerate(rows, first):
        extra = len(cells) > len(names) and any(cells[len(names) :])
        read = Fault("", "row.too_many_cells", f"{len(names)} cells") if extra else _read(shape, names, cells)
        if isinstance(read, Fault):
            faults[number] = read
        else:
            good[number] = read
    return good, faults


def _read(shape: type[Any], names: list[str], cells: list[str]) -> Any:
    return read_row(shape, dict(zip(names, cells, strict=False)))


async def _note(connection: Connection, file: ImportFile, faults: Mapping[int, Fault]) -> None:
    await connection.execute(
        """INSERT INTO import_fault (file_id, row, path, code, detail)
           SELECT $1, t.* FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) AS t""",
        file.id,
        list(faults),
        [fault.path[:64] for fault in faults.values()],
        [fault.code[:64] for fault in faults.values()],
        [fault.detail[:200] for fault in faults.values()],
    )
