"""The second pair of eyes: the worker may read the list."""

from domain import approvals
from domain.approvals import Move
from domain.exports import rules
from domain.exports.export import Export, hold, move
from domain.exports.states import ExportState
from domain.operators import OperatorIdentity, acted
from kit import clock, database, logging

log = logging.get("exports")


async def approve(operator: OperatorIdentity, export_id: int, content_hash: str) -> Export:
    """Let the worker produce exactly what the checker has read.

    Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`), `NotFound`, `Conflict`
    (`export.wrong_state`, `approval.content_changed`).
    """
    approvals.check_may(operator, Move.APPROVE)
    async with database.transaction() as connection:
        held = await hold(connection, operator, export_id, ExportState.APPROVED)
        approvals.check_checker(operator, held.maker_id)
        approvals.check_content(content_hash, held.content_hash, rules.content_hash(held.asked))
        approved = await move(
            connection, export_id, ExportState.APPROVED, checker_id=operator.operator_id, decided_at=clock.now()
        )
        await acted(connection, operator, "export.approve", f"exports/{export_id}", {"content_hash": held.content_hash})
    log.info("export.approved", export=export_id, list=held.asked.list, operator=operator.username)
    return approved
