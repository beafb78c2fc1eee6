"""Writing the draft of a configuration."""

from typing import Any

import msgspec

from domain.approvals import content, moves, rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.states import IN_THE_MAKING, State
from domain.operators.identity import OperatorIdentity
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict


class Saved(msgspec.Struct, frozen=True):
    """A draft; `created` tells a new version from one that was written over."""

    version: Version
    created: bool


async def save_draft(kind: Kind, code: str, definition: msgspec.Struct, operator: OperatorIdentity) -> Saved:
    """Write the draft over, or begin version 1 or the version after the live one. Who saves last is its maker.

    Raises `RuleViolated` (from the kind, with paths), `Forbidden` (`operator.missing_role`), `NotFound` (another
    branch's code), `Conflict` (`configuration.submitted`).
    """
    rules.check_may_write(operator)
    await kind.check(code, definition)
    async with database.transaction() as connection:
        return await put_draft(connection, kind, code, definition, operator)


async def put_draft(
    connection: Connection,
    kind: Kind,
    code: str,
    definition: msgspec.Struct,
    operator: OperatorIdentity,
    reason: str | None = None,
) -> Saved:
    """As `save_draft`, of what was checked already, in the caller's transaction. Locks the configuration."""
    await kind.may_write(operator, definition)
    body = content.body_of(definition)
    known = await rows.hold(connection, kind.name, code, operator)
    making = next((one for one in known if one.state in IN_THE_MAKING), None)
    if making is not None and making.state != State.DRAFT:
        raise Conflict("configuration.submitted", "该配置正在复核中，不能修改")
    if making is None:
        saved = Saved(await _begin(connection, kind.name, code, body, operator, known), created=True)
    else:
        saved = Saved(await _write_over(connection, making, body, operator), created=False)
    before = str(making.state) if making else None
    await moves.note(connection, saved.version, moves.WRITE, before, operator, reason)
    return saved


async def _begin(
    connection: Connection,
    kind: str,
    code: str,
    body: dict[str, Any],
    operator: OperatorIdentity,
    known: list[Version],
) -> Version:
    return await rows.write(
        connection,
        """INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, created_at,
                                      changed_at)
           VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $9) RETURNING *""",
        kind,
        code,
        known[-1].version + 1 if known else 1,
        str(State.DRAFT),
        content.stored_text(body),
        content.content_hash(body),
        known[-1].branch if known else operator.branch,
        operator.operator_id,
        clock.now(),
    )


async def _write_over(
    connection: Connection, draft: Version, body: dict[str, Any], operator: OperatorIdentity
) -> Version:
    return await rows.write(
        connection,
        """UPDATE configuration SET body = $2::jsonb, content_hash = $3, maker_id = $4, changed_at = $5 WHERE id = $1
           RETURNING *""",
        draft.id,
        content.stored_text(body),
        content.content_hash(body),
        operator.operator_id,
        clock.now(),
    )
