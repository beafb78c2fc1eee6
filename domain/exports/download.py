"""Its maker takes the file of an export."""

import msgspec

from domain.exports import rules
from domain.exports.export import COLUMNS, Export, seen
from domain.exports.states import ExportState
from domain.exports.vault import vault
from domain.operators import OperatorIdentity, acted
from kit import clock, database, logging
from kit.errors import Forbidden

log = logging.get("exports")


class Download(msgspec.Struct, frozen=True):
    """The file, and the export it is of."""

    export: Export
    content: bytes


async def download(operator: OperatorIdentity, export_id: int) -> Download:
    """The file; that it was taken is written down first.

    Raises `NotFound`, `Forbidden` (`export.not_yours`: only who asked for it), `Conflict` (`export.wrong_state`: it is
    not there yet, or no more).
    """
    async with database.transaction() as connection:
        row = await connection.fetchrow(f"SELECT {COLUMNS} FROM export WHERE id = $1 FOR SHARE", export_id)
        export = seen(operator, row)
        if operator.operator_id != export.maker_id:
            raise Forbidden("export.not_yours", "只有申请人可以下载")
        if export.state != ExportState.READY or export.expires_at is None or export.expires_at <= clock.now():
            raise rules.wrong_state(export.state)
        await connection.execute(
            "INSERT INTO export_download (export_id, operator_id, at) VALUES ($1, $2, $3)",
            export_id,
            operator.operator_id,
            clock.now(),
        )
        await acted(connection, operator, "export.download", f"exports/{export_id}", {"list": export.asked.list})
        pieces = await connection.fetch(
            "SELECT sealed FROM export_piece WHERE export_id = $1 ORDER BY number", export_id
        )
    log.info("export.downloaded", export=export_id, operator=operator.username)
    return Download(export, b"".join(vault().open_bytes(piece["sealed"]) for piece in pieces))
