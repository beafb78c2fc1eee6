"""An operator as said, whether known or not."""

from collections.abc import Iterable

import msgspec

from domain.operators import passwords, tree
from domain.operators.identity import HEAD_OFFICE, OperatorIdentity, Role
from domain.operators.reload import reload_sessions, revoke_sessions
from kit import clock, database
from kit.database import Connection


async def ensure(username: str, name: str, password: str, roles: Iterable[Role], branch: str) -> OperatorIdentity:
    """Create the operator, or make the existing one be as said and unlocked; idempotent. A branch nobody knows yet is
    put below head office. For a house that is being set up: everybody else goes through `create`.

    A changed password ends the operator's sessions.
    """
    held = frozenset(str(role) for role in roles)
    known = await database.fetchval("SELECT password_hash FROM operator WHERE username = $1", username)
    same = await passwords.matches(known, password)
    password_hash = known if same else await passwords.hashed(password)
    async with database.transaction() as connection:
        await _ensure_branch(connection, branch)
        operator_id = await connection.fetchval(
            """INSERT INTO operator (username, name, password_hash, roles, branch, active, failed_attempts, created_at)
               VALUES ($1, $2, $3, $4::jsonb, $5, true, 0, $6)
               ON CONFLICT (username) DO UPDATE
               SET name = $2, password_hash = $3, roles = $4::jsonb, branch = $5, active = true, failed_attempts = 0,
                   locked_until = NULL, one_time_until = NULL
               RETURNING id""",
            username,
            name,
            password_hash,
            msgspec.json.encode(sorted(held)).decode(),
            branch,
            clock.now(),
        )
        if same:
            await reload_sessions(connection, operator_id)
        else:
            await revoke_sessions(connection, operator_id)
        lower = await tree.below(connection, branch)
    return OperatorIdentity(operator_id, username, name, held, branch, below=lower)


async def _ensure_branch(connection: Connection, branch: str) -> None:
    """Head office and the branch are in the tree."""
    await connection.execute(
        "INSERT INTO branch (code, name) VALUES ($1, '总行') ON CONFLICT (code) DO NOTHING", HEAD_OFFICE
    )
    await connection.execute(
        """INSERT INTO branch (code, name, parent_id) SELECT $1::text, $1::text, $2::text WHERE $1 <> $2
           ON CONFLICT (code) DO NOTHING""",
        branch,
        HEAD_OFFICE,
    )
