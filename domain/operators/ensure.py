"""An operator as said, whether known or not."""

from collections.abc import Iterable

import msgspec

from domain.operators import passwords, tree
from domain.operators.acted import acted
from domain.operators.identity import HEAD_OFFICE, OperatorIdentity, Role
from domain.operators.revoke_sessions import revoke_sessions
from kit import clock, database
from kit.database import Connection


async def ensure(username: str, name: str, password: str, roles: Iterable[Role], branch: str) -> OperatorIdentity:
    """Create the operator, or make the existing one be as said and unlocked; idempotent. A branch nobody knows yet is
    put below head office. For a house that is being set up: everybody else goes through `create`.

    A changed password ends the operator's sessions. What changes is on record as an act of the platform.
    """
    held = frozenset(str(role) for role in roles)
    known = await database.fetchrow(
        "SELECT password_hash, roles, branch, active FROM operator WHERE username = $1", username
    )
    same = await passwords.matches(known["password_hash"] if known else None, password)
    password_hash = known["password_hash"] if known and same else await passwords.hashed(password)
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
        if not same:
            await revoke_sessions(connection, operator_id)
        said = (msgspec.json.encode(sorted(held)).decode(), branch, True)
        if known is None or not same or (_compact(known["roles"]), known["branch"], known["active"]) != said:
            detail = {"roles": sorted(held), "branch": branch, "password": "kept" if same else "set"}
            await acted(connection, None, "operator.ensure", f"operators/{username}", detail, branch=branch)
        lower = await tree.below(connection, branch)
    return OperatorIdentity(operator_id, username, name, held, branch, below=lower)


def _compact(stored: str) -> str:
    return msgspec.json.encode(sorted(msgspec.json.decode(stored))).decode()


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
