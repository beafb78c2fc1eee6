"""Signing out."""

from kit import clock, database, notices, tokens


async def end_session(session_id: str) -> None:
    """End a session in every process; idempotent."""
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE operator_session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            session_id,
            clock.now(),
        )
        await notices.notify(connection, tokens.REVOKED, session_id)
