"""An operator gives an import up."""

from domain import approvals
from domain.approvals import Move
from domain.imports.file import COLUMNS, ImportFile, check_seen, file_of, move
from domain.imports.states import OPEN, ImportState
from domain.operators import OperatorIdentity, acted
from kit import database
from kit.errors import Conflict


async def cancel(operator: OperatorIdentity, import_id: int) -> ImportFile:
    """No further row is taken; what was taken stays. A set that is being taken is waited for.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`import.wrong_state`).
    """
    approvals.check_may(operator, Move.SUBMIT)
    async with database.transaction() as connection:
        row = await connection.fetchrow(f"SELECT {COLUMNS} FROM import_file WHERE id = $1 FOR NO KEY UPDATE", import_id)
        file = file_of(check_seen(operator, row))
        if file.state not in OPEN:
            raise Conflict("import.wrong_state", "当前状态不允许此操作", details={"state": file.state})
        await acted(connection, operator, "import.cancel", f"imports/{import_id}", {"position": file.position})
        return await move(connection, file, ImportState.CANCELLED)
