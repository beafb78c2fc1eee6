"""The checker refuses."""

from domain import approvals
from domain.approvals import Move
from domain.exports.export import Export, hold, move
from domain.exports.states import ExportState
from domain.operators import OperatorIdentity, acted
from kit import clock, database


async def reject(operator: OperatorIdentity, export_id: int, reason: str) -> Export:
    """Nothing is read; its maker may ask anew. Raises as `approve`."""
    approvals.check_may(operator, Move.REJECT)
    async with database.transaction() as connection:
        held = await hold(connection, operator, export_id, ExportState.REJECTED)
        approvals.check_checker(operator, held.maker_id)
        await acted(connection, operator, "export.reject", f"exports/{export_id}", {"reason": reason})
        return await move(
            connection,
            export_id,
            ExportState.REJECTED,
            checker_id=operator.operator_id,
            decided_at=clock.now(),
            reject_reason=reason,
        )
