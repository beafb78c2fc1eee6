"""An import that failed goes on."""

from domain import approvals
from domain.approvals import Move
from domain.imports.file import COLUMNS, ImportFile, check_seen, file_of, move
from domain.imports.states import ImportState
from domain.operators import OperatorIdentity, acted
from kit import database
from kit.errors import Conflict


async def resume(operator: OperatorIdentity, import_id: int) -> ImportFile:
    """Try the step it failed at again, as often as the first time; what was taken before is not taken again.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`import.wrong_state`).
    """
    approvals.check_may(operator, Move.SUBMIT)
    async with database.transaction() as connection:
        row = await connection.fetchrow(f"SELECT {COLUMNS} FROM import_file WHERE id = $1 FOR NO KEY UPDATE", import_id)
        file = file_of(check_seen(operator, row))
        if file.state != ImportState.FAILED:
            raise Conflict("import.wrong_state", "当前状态不允许此操作", details={"state": file.state})
        await acted(connection, operator, "import.resume", f"imports/{import_id}", {"position": file.position})
        # Only a file that was read has rows.
        before = ImportState.RUNNING if file.rows else ImportState.RECEIVED
        return await move(connection, file, before, failure=None, attempts=0, retry_at=None)
