"""Operators as others need them: behind a session, and as names beside what they did."""

from collections.abc import Iterable

import msgspec

from domain.operators.identity import OperatorIdentity
from kit import clock, database


async def load_session(session_id: str) -> OperatorIdentity | None:
    """Who holds this session; None when it was ended, has expired, never was, or its operator is inactive."""
    row = await database.fetchrow(
        """SELECT o.id, o.username, o.name, o.roles, o.branch
           FROM operator_session s JOIN operator o ON o.id = s.operator_id
           WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND o.active""",
        session_id,
        clock.now(),
    )
    if row is None:
        return None
    roles = msgspec.json.decode(row["roles"], type=frozenset[str])
    return OperatorIdentity(row["id"], row["username"], row["name"], roles, row["branch"], session_id)


async def usernames(operator_ids: Iterable[int]) -> dict[int, str]:
    """Usernames by id."""
    rows = await database.fetch(
        "SELECT id, username FROM operator WHERE id = ANY($1::bigint[])", list(set(operator_ids))
    )
    return {row["id"]: row["username"] for row in rows}
