"""Files of everything we hold about a customer: kept sealed, for a week, for their owner alone."""

from datetime import datetime, timedelta

import msgspec

from kit import clock, database
from kit.errors import Conflict, NotFound
from kit.vault import Vault

KEPT = timedelta(days=7)
COLUMNS = "id, state, requested_at, ready_at, expires_at, bytes"
_vault: Vault | None = None


class Export(msgspec.Struct, frozen=True):
    """waiting → ready → expired. `bytes` is how large the file is, once it is ready."""

    id: int
    state: str
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    bytes: int | None


def keep_exports_in(vault: Vault) -> None:
    """Once at start: what seals the files."""
    global _vault
    _vault = vault


def vault() -> Vault:
    """The vault; a process that was given none may not touch files."""
    if _vault is None:
        raise RuntimeError("no vault for data exports was named to this process")
    return _vault


async def exports_of(customer_id: int) -> list[Export]:
    """The customer's exports, newest first."""
    rows = await database.fetch(
        f"SELECT {COLUMNS} FROM data_export WHERE customer_id = $1 ORDER BY id DESC LIMIT 50", customer_id
    )
    return [Export(*row) for row in rows]


async def export_file(customer_id: int, export_id: int) -> str:
    """The file, as JSON text. Raises `NotFound`, also for another customer's; `Conflict` (`export.not_ready`,
    `export.expired`).
    """
    row = await database.fetchrow(
        "SELECT state, expires_at, sealed FROM data_export WHERE id = $1 AND customer_id = $2", export_id, customer_id
    )
    if row is None:
        raise NotFound("export.not_found", "没有这份导出文件")
    if row["state"] == "waiting":
        raise Conflict("export.not_ready", "文件正在生成，请稍后再来")
    if row["sealed"] is None or row["expires_at"] <= clock.now():
        raise Conflict("export.expired", "文件已过保存期，请重新申请")
    return vault().open(row["sealed"])
