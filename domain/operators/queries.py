"""Operators as others need them: behind a session, as names beside what they did, as their administrators see them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from domain.operators import tree
from domain.operators.identity import OperatorIdentity
from domain.operators.rules import not_found
from kit import clock, database
from kit.database import Connection, Record


class Account(msgspec.Struct, frozen=True):
    """An operator's account; `one_time_until` says that the password has to be changed."""

    id: int
    username: str
    name: str
    roles: list[str]
    branch: str
    active: bool
    locked_until: datetime | None
    one_time_until: datetime | None
    enrolled: bool
    created_at: datetime


_ACCOUNT = """SELECT id, username, name, roles, branch, active, locked_until, one_time_until,
  secret IS NOT NULL AS enrolled, created_at FROM operator"""


async def load_session(session_id: str) -> OperatorIdentity | None:
    """Who holds this session; None when it was ended, has expired, never was, or its operator is inactive."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """SELECT o.id, o.username, o.name, o.roles, o.branch, o.one_time_until, o.secret IS NOT NULL AS enrolled
               FROM operator_session s JOIN operator o ON o.id = s.operator_id
               WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND o.active""",
            session_id,
            clock.now(),
        )
        if row is None:
            return None
        lower = await tree.below(connection, row["branch"])
    roles = msgspec.json.decode(row["roles"], type=frozenset[str])
    return OperatorIdentity(
        row["id"],
        row["username"],
        row["name"],
        roles,
        row["branch"],
        session_id,
        below=lower,
        one_time=row["one_time_until"] is not None,
        enrolled=row["enrolled"],
    )


async def usernames(operator_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Usernames by id; where nobody has acted yet (None) there is none."""
    known = {one for one in operator_ids if one is not None}
    if not known:
        return {}
    rows = await database.fetch("SELECT id, username FROM operator WHERE id = ANY($1::bigint[])", list(known))
    return {row["id"]: row["username"] for row in rows}


async def accounts(operator: OperatorIdentity, before: int | None, limit: int) -> list[Account]:
    """Accounts of the operator's branches, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""{_ACCOUNT} WHERE ($1::text[] IS NULL OR branch = ANY($1)) AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3""",
        operator.within,
        before,
        limit,
    )
    return [_account_of(row) for row in rows]


async def account(operator: OperatorIdentity, username: str) -> Account:
    """One of them. Raises `NotFound`, also for another branch's."""
    row = await database.fetchrow(f"{_ACCOUNT} WHERE username = $1", username)
    if row is None or not operator.sees(row["branch"]):
        raise not_found()
    return _account_of(row)


async def hold(connection: Connection, operator: OperatorIdentity, username: str) -> Account:
    """The same, unchangeable by others until the transaction ends."""
    row = await connection.fetchrow(f"{_ACCOUNT} WHERE username = $1 FOR NO KEY UPDATE", username)
    if row is None or not operator.sees(row["branch"]):
        raise not_found()
    return _account_of(row)


def _account_of(row: Record) -> Account:
    values = {**dict(row), "roles": msgspec.json.decode(row["roles"], type=list[str])}
    return Account(**values)
