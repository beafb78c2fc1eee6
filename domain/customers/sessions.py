"""Sessions customers hold: opened, asked for, ended."""

from datetime import datetime, timedelta

import msgspec

from kit import clock, database, ids, notices
from kit.database import Connection

REVOKED = "session_revoked"


class CustomerSubject(msgspec.Struct, frozen=True):
    """Who is asking: every query of a customer is scoped to `customer_id`."""

    session_id: str
    customer_id: int
    bound: bool
    channel: str
    identity_id: int | None


async def open_session(
    connection: Connection, customer_id: int, channel: str, hours: int, identity_id: int | None
) -> tuple[str, datetime]:
    """A new session; returns its id and when it expires."""
    session_id, now = ids.token_id(), clock.now()
    expires_at = now + timedelta(hours=hours)
    await connection.execute(
        """INSERT INTO customer_session (id, customer_id, channel, identity_id, created_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        session_id,
        customer_id,
        channel,
        identity_id,
        now,
        expires_at,
    )
    return session_id, expires_at


async def load_session(session_id: str) -> CustomerSubject | None:
    """The subject of a session that still holds; None when it was ended, has expired, or never was."""
    row = await database.fetchrow(
        """SELECT s.customer_id, c.customer_no IS NOT NULL AS bound, s.channel, s.identity_id
           FROM customer_session s JOIN customer c ON c.id = s.customer_id
           WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND c.erased_at IS NULL""",
        session_id,
        clock.now(),
    )
    return CustomerSubject(session_id, row[0], row[1], row[2], row[3]) if row else None


async def end_session(session_id: str) -> None:
    """End a session in every process; idempotent."""
    async with database.transaction() as connection:
        await revoke(connection, session_id)


async def revoke_of_identity(connection: Connection, identity_id: int) -> list[str]:
    """End every session of an identity when this transaction commits; returns which."""
    rows = await connection.fetch(
        "UPDATE customer_session SET revoked_at = $2 WHERE identity_id = $1 AND revoked_at IS NULL RETURNING id",
        identity_id,
        clock.now(),
    )
    for row in rows:
        await notices.notify(connection, REVOKED, row[0])
    return [row[0] for row in rows]


async def revoke(connection: Connection, session_id: str) -> None:
    """End a session when this transaction commits."""
    await connection.execute(
        "UPDATE customer_session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        session_id,
        clock.now(),
    )
    await notices.notify(connection, REVOKED, session_id)
