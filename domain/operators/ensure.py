"""An operator as said, whether known or not."""

from collections.abc import Iterable

import msgspec

from domain.operators import passwords
from domain.operators.identity import OperatorIdentity, Role
from kit import clock, database, notices, tokens
from kit.database import Connection


async def ensure(username: str, name: str, password: str, roles: Iterable[Role], branch: str) -> OperatorIdentity:
    """Create the operator, or make the existing one be as said and unlocked; idempotent.

    A changed password ends the operator's sessions.
    """
    held = frozenset(str(role) for role in roles)
    known = await database.fetchval("SELECT password_hash FROM operator WHERE username = $1", username)
    same = await passwords.matches(known, password)
    password_hash = known if same else await passwords.hashed(password)
    async with database.transaction() as connection:
        operator_id = await connection.fetchval(
            """INSERT INTO operator (username, name, password_hash, roles, branch, active, failed_attempts, created_at)
               VALUES ($1, $2, $3, $4::jsonb, $5, true, 0, $6)
               ON CONFLICT (username) DO UPDATE
               SET name = $2, password_hash = $3, roles = $4::jsonb, branch = $5, active = true, failed_attempts = 0,
                   locked_until = NULL
               RETURNING id""",
            username,
            name,
            password_hash,
            msgspec.json.encode(sorted(held)).decode(),
            branch,
            clock.now(),
        )
        await _reload_sessions(connection, operator_id, end=not same)
    return OperatorIdentity(operator_id, username, name, held, branch)


async def _reload_sessions(connection: Connection, operator_id: int, *, end: bool) -> None:
    """Verified tokens carry roles and branch: every process reads this operator's sessions anew."""
    sessions = await connection.fetch(
        """UPDATE operator_session SET revoked_at = CASE WHEN $3 THEN $2::timestamptz END
           WHERE operator_id = $1 AND revoked_at IS NULL AND expires_at > $2 RETURNING id""",
        operator_id,
        clock.now(),
        end,
    )
    for row in sessions:
        await notices.notify(connection, tokens.REVOKED, row["id"])
