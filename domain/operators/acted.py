"""What an operator does enters the audit trail."""

from collections.abc import Mapping

from domain import audit
from domain.operators.identity import HEAD_OFFICE, OperatorIdentity
from kit.database import Connection

PLATFORM = "(platform)"
"""Stands where no operator acted; nobody can be named so."""


async def acted(
    connection: Connection,
    operator: OperatorIdentity | None,
    action: str,
    subject: str,
    detail: Mapping[str, audit.JSON] | None = None,
    *,
    branch: str = HEAD_OFFICE,
) -> None:
    """Record the act with the caller's transaction; see `audit.record`. Where the platform acted by itself there is no
    operator, and `branch` says whom it is about.
    """
    said = detail or {}
    if operator is None:
        entry = audit.Entry(None, PLATFORM, branch, action, subject, said)
    else:
        entry = audit.Entry(operator.operator_id, operator.username, operator.branch, action, subject, said)
    await audit.record(connection, entry)
