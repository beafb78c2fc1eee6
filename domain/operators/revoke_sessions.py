"""The sessions of an operator end."""

from kit import clock
from kit.database import Connection


async def revoke_sessions(connection: Connection, operator_id: int, *, but: str | None = None) -> int:
    """End the open sessions of this operator, except one; how many there were. No process remembers operators'
    sessions: they are over for every one of them once the caller commits.
    """
    ended = await connection.fetch(
        """UPDATE operator_session SET revoked_at = $2
           WHERE operator_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND id IS DISTINCT FROM $3 RETURNING id""",
        operator_id,
        clock.now(),
        but,
    )
    return len(ended)
