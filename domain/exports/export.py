"""An export as a row: read, held for a change, moved."""

from datetime import datetime
from typing import Any

import msgspec

from domain.exports import rules, states
from domain.exports.definition import ExportRequest
from domain.exports.states import ExportState
from domain.operators import OperatorIdentity
from kit.database import Connection, Record


class Export(msgspec.Struct, frozen=True):
    """`asked` is what the checker approves; `rows` and `bytes` are of its file."""

    id: int
    content_hash: str
    branch: str
    state: ExportState
    maker_id: int
    checker_id: int | None
    reject_reason: str | None
    failure: str | None
    rows: int | None
    bytes: int | None
    created_at: datetime
    decided_at: datetime | None
    ready_at: datetime | None
    expires_at: datetime | None
    asked: ExportRequest


_STORED = tuple(name for name in Export.__struct_fields__ if name != "asked")
COLUMNS = ", ".join((*_STORED, "body"))


def export_of(row: Record) -> Export:
    """The export in a row that has `COLUMNS`."""
    values: dict[str, Any] = {name: row[name] for name in _STORED}
    values["state"] = ExportState(row["state"])
    return Export(**values, asked=msgspec.json.decode(row["body"], type=ExportRequest))


def seen(operator: OperatorIdentity, row: Record | None) -> Export:
    """The export in a row, for this operator. Raises `NotFound`, also for another branch's."""
    within = operator.within
    if row is None or (within is not None and row["branch"] not in within):
        raise rules.not_found()
    return export_of(row)


async def hold(connection: Connection, operator: OperatorIdentity, export_id: int, to: ExportState) -> Export:
    """The export, unchangeable by others until the transaction ends, if it may go to the state `to`.

    Raises `NotFound`, `Conflict` (`export.wrong_state`).
    """
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM export WHERE id = $1 FOR NO KEY UPDATE", export_id)
    held = seen(operator, row)
    if not states.may(held.state, to):
        raise rules.wrong_state(held.state)
    return held


async def move(connection: Connection, export_id: int, to: ExportState, **columns: Any) -> Export:
    """Bring an export the caller holds into the state `to`, and set `columns` with it."""
    given = {"state": str(to), **columns}
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(given, 2))
    [row] = await connection.fetch(
        f"UPDATE export SET {settings} WHERE id = $1 RETURNING {COLUMNS}", export_id, *given.values()
    )
    return export_of(row)
