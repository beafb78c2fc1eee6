"""The worker makes the file of an approved export."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import IO, Any

from domain import operators
from domain.exports import rules
from domain.exports.export import COLUMNS, Export, export_of, move
from domain.exports.lists import LISTS
from domain.exports.states import ExportState
from domain.exports.vault import vault
from kit import clock, database, logging
from kit.database import Connection
from kit.sheets import Mark, table_writer

MOST_ROWS = 500_000
_BATCH = 2_000
_PIECE = 1 << 20
log = logging.get("exports")


async def produce_next() -> int:
    """Make the file of the export approved first, on one snapshot, and keep it sealed; returns how many were made.

    All of it is one transaction that holds the export: killed at any point, it begins anew. A list that is too long
    fails (`export.too_many_rows`).
    """
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            f"""SELECT {COLUMNS} FROM export WHERE state = 'approved' ORDER BY id LIMIT 1
                FOR NO KEY UPDATE SKIP LOCKED"""
        )
        if row is None:
            return 0
        made = await _produce(connection, export_of(row))
    log.info("export.made", export=made.id, state=made.state, rows=made.rows)
    return 1


async def _produce(connection: Connection, export: Export) -> Export:
    now = clock.now()
    with tempfile.TemporaryFile() as file:
        writer = table_writer(file, export.asked.format, export.asked.list, await _mark(export, now))
        count = -1  # the head
        try:
            async for batch in _rows(connection, export):
                count += len(batch)
                if count > MOST_ROWS:
                    return await move(connection, export.id, ExportState.FAILED, failure="export.too_many_rows")
                await asyncio.to_thread(writer.write, batch)
        finally:
            await asyncio.to_thread(writer.close)
        size = await _keep(connection, export.id, file)
    expires_at = now + timedelta(days=export.asked.keep_days)
    return await move(
        connection, export.id, ExportState.READY, rows=count, bytes=size, ready_at=now, expires_at=expires_at
    )


async def _mark(export: Export, now: datetime) -> Mark:
    names = await operators.usernames((export.maker_id, export.checker_id))
    maker, checker = names.get(export.maker_id, "?"), names.get(export.checker_id, "?")
    lines = rules.mark_lines(export.id, maker, checker, clock.local_text(now), export.asked.reason)
    return Mark([*lines], f"export {export.id}", maker)


async def _rows(connection: Connection, export: Export) -> AsyncIterator[list[list[Any]]]:
    """The head, then the rows, in batches."""
    listing, asked = LISTS[export.asked.list], export.asked
    masks = list(listing.columns.values())
    yield [list(listing.columns)]
    since = clock.start_of_day(asked.since) if asked.since else datetime(1970, 1, 1, tzinfo=clock.SHANGHAI)
    until = clock.start_of_day(asked.until + timedelta(days=1)) if asked.until else clock.now()
    within = await operators.customers_of(connection, export.branch)
    cursor = await connection.cursor(listing.sql, since, until, *listing.narrowed(asked), within)
    while found := await cursor.fetch(_BATCH):
        yield [[mask(value) for mask, value in zip(masks, row, strict=True)] for row in found]


async def _keep(connection: Connection, export_id: int, file: IO[bytes]) -> int:
    file.seek(0)
    size = number = 0
    while piece := file.read(_PIECE):
        await connection.execute(
            "INSERT INTO export_piece (export_id, number, sealed) VALUES ($1, $2, $3)",
            export_id,
            number,
            vault().seal_bytes(piece),
        )
        size, number = size + len(piece), number + 1
    return size
