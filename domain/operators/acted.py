"""What an operator does enters the audit trail."""

from collections.abc import Mapping

from domain import audit
from domain.operators.identity import OperatorIdentity
from kit.database import Connection


async def acted(
    connection: Connection,
    operator: OperatorIdentity,
    action: str,
    subject: str,
    detail: Mapping[str, audit.JSON] | None = None,
) -> None:
    """Record the act with the caller's transaction; see `audit.record`."""
    entry = audit.Entry(operator.operator_id, operator.username, operator.branch, action, subject, detail or {})
    await audit.record(connection, entry)
