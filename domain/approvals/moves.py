"""What happened to versions: the one place where it is written down."""

from datetime import datetime

import msgspec

from domain.approvals import rules
from domain.approvals.kinds import Version
from domain.operators import OperatorIdentity, acted
from kit import clock, database
from kit.database import Connection

WRITE = "write"
"""The act of saving a draft; every other act is a `Move`."""


class Happened(msgspec.Struct, frozen=True):
    """One line of the history of a code; `operator_id` is None where the platform acted by itself."""

    version: int
    act: str
    from_state: str | None
    to_state: str
    operator_id: int | None
    content_hash: str
    reason: str | None
    at: datetime


async def note(
    connection: Connection,
    version: Version,
    act: str,
    before: str | None,
    operator: OperatorIdentity | None,
    reason: str | None = None,
) -> None:
    """Write down, also in the audit trail, that `operator` has brought `version` where it now is from the state
    `before`, in the transaction that did it. Every move of every kind comes through here.
    """
    await connection.execute(
        """INSERT INTO configuration_move (configuration_id, act, from_state, to_state, operator_id, content_hash,
                                           reason, at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        version.id,
        act,
        before,
        version.state,
        operator.operator_id if operator else None,
        version.content_hash,
        reason,
        clock.now(),
    )
    detail = {
        "version": version.version,
        "from": before,
        "state": version.state,
        "content_hash": version.content_hash,
        "reason": reason,
    }
    subject = f"{version.kind}/{version.code}"
    await acted(connection, operator, f"configuration.{act}", subject, detail, branch=version.branch)


async def history(kind: str, code: str, operator: OperatorIdentity, limit: int = 200) -> list[Happened]:
    """What happened to a configuration this operator may see, newest first. Raises `NotFound`."""
    branch = await database.fetchval(
        "SELECT branch FROM configuration WHERE kind = $1 AND code = $2 LIMIT 1", kind, code
    )
    if branch is None:
        raise rules.not_found()
    rules.check_scope(operator, branch)
    rows = await database.fetch(
        """SELECT c.version, m.act, m.from_state, m.to_state, m.operator_id, m.content_hash, m.reason, m.at
           FROM configuration_move m JOIN configuration c ON c.id = m.configuration_id
           WHERE c.kind = $1 AND c.code = $2 ORDER BY m.id DESC LIMIT $3""",
        kind,
        code,
        limit,
    )
    return [Happened(*row) for row in rows]
