"""Versions as rows: held for a change, moved, read."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from domain.approvals import moves, rules, states
from domain.approvals.kinds import Version
from domain.approvals.states import Move
from domain.operators import OperatorIdentity
from kit import clock
from kit.database import Connection, Record

_CODE_LOCK = 0x636F_6465  # with the hash of kind and code: one change of a configuration at a time
_FIELDS = Version.__struct_fields__


def version_of(row: Record) -> Version:
    """The version in a row of `configuration`."""
    values: dict[str, Any] = {name: row[name] for name in _FIELDS}
    values["body"] = msgspec.json.decode(row["body"])
    return Version(**values)


async def hold(connection: Connection, kind: str, code: str, operator: OperatorIdentity | None) -> list[Version]:
    """The versions of a configuration, oldest first, unchangeable by others until the transaction ends.

    An advisory lock, as the first draft has no row to lock yet. Empty for a code nobody has used; raises `NotFound` for
    another branch's, unless the platform itself (None) asks.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", _CODE_LOCK, f"{kind}/{code}")
    rows = await connection.fetch(
        "SELECT * FROM configuration WHERE kind = $1 AND code = $2 ORDER BY version", kind, code
    )
    for row in rows:
        if operator is not None:
            rules.check_scope(operator, row["branch"])
    return [version_of(row) for row in rows]


def to_move(versions: Sequence[Version], move: Move) -> Version:
    """The version that `move` is meant for: what is live comes before what is in the making.

    Raises `NotFound`, `Conflict` (`configuration.wrong_state`).
    """
    if not versions:
        raise rules.not_found()
    for version in versions:
        if states.may(version.state, move):
            return version
    raise states.wrong_state()


async def move(
    connection: Connection,
    version: Version,
    by: Move,
    operator: OperatorIdentity | None,
    columns: Mapping[str, Any],
    reason: str | None = None,
) -> Version:
    """Bring `version` into the state `by` leads to, set `columns` with it, and note it in the history."""
    given = {"state": str(states.after(version.state, by)), "changed_at": clock.now(), **columns}
    settings = ", ".join(f"{name} = ${place}" for place, name in enumerate(given, 2))
    moved = await write(
        connection,
        f"UPDATE configuration SET {settings} WHERE id = $1 RETURNING *",
        version.id,
        *given.values(),
    )
    await moves.note(connection, moved, by, version.state, operator, reason)
    return moved


async def back_to_draft(
    connection: Connection, version: Version, by: Move, operator: OperatorIdentity | None, reason: str | None
) -> Version:
    """A draft again, with the reason beside it: whoever had agreed must agree anew."""
    return await move(
        connection,
        version,
        by,
        operator,
        {
            "reject_reason": reason,
            "submitted_at": None,
            "checker_id": None,
            "budget_approver_id": None,
            "over_limit": False,
            "scheduled_at": None,
        },
        reason,
    )


async def write(connection: Connection, statement: str, *values: Any) -> Version:
    """Run a statement that writes one version and returns its row."""
    [row] = await connection.fetch(statement, *values)
    return version_of(row)
