"""What processes remember of sessions is read anew, or refused."""

from kit import clock, notices, tokens
from kit.database import Connection


async def reload_sessions(connection: Connection, operator_id: int | None = None) -> None:
    """Verified tokens carry roles and branches: every process reads the sessions of this operator (None: of all) anew
    once the caller's transaction has committed.
    """
    open_ones = await connection.fetch(
        """SELECT id FROM operator_session
           WHERE ($1::bigint IS NULL OR operator_id = $1) AND revoked_at IS NULL AND expires_at > $2""",
        operator_id,
        clock.now(),
    )
    for row in open_ones:
        await notices.notify(connection, tokens.REVOKED, row["id"])


async def revoke_sessions(connection: Connection, operator_id: int, *, but: str | None = None) -> int:
    """End the open sessions of this operator, except one, in every process; how many there were."""
    ended = await connection.fetch(
        """UPDATE operator_session SET revoked_at = $2
           WHERE operator_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND id IS DISTINCT FROM $3 RETURNING id""",
        operator_id,
        clock.now(),
        but,
    )
    for row in ended:
        await notices.notify(connection, tokens.REVOKED, row["id"])
    return len(ended)
