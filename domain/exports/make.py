"""An operator asks for a list."""

import msgspec

from domain import approvals
from domain.approvals import Move
from domain.exports import rules
from domain.exports.definition import ExportRequest
from domain.exports.export import COLUMNS, Export, export_of
from domain.operators import OperatorIdentity, Role, acted, check_role
from kit import clock, database
from kit.errors import Conflict, RuleViolated


class Made(msgspec.Struct, frozen=True):
    """The export; `created` is false when it was asked for before under the same key."""

    export: Export
    created: bool


async def make(operator: OperatorIdentity, asked: ExportRequest, idempotency_key: str) -> Made:
    """Submit it; nothing is read before a checker approves. Idempotent on the key of this operator. The trail is the
    auditors' to ask for, every other list the makers'.

    Raises `Forbidden` (`operator.missing_role`), `RuleViolated` (`export.impossible` with the path of each fault),
    `Conflict` (`idempotency.key_reused`).
    """
    if asked.list == "audit":
        check_role(operator, Role.AUDITOR)
    else:
        approvals.check_may(operator, Move.SUBMIT)
    faults = rules.faults_of(asked, operator.within)
    if faults:
        raise RuleViolated("export.impossible", "导出设置有误，请按所列路径修改", faults)
    content_hash = rules.content_hash(asked)
    async with database.transaction() as connection:
        created = await connection.fetchrow(
            f"""INSERT INTO export (body, content_hash, branch, state, maker_id, idempotency_key, created_at)
                VALUES ($1, $2, $3, 'submitted', $4, $5, $6)
                ON CONFLICT (maker_id, idempotency_key) DO NOTHING RETURNING {COLUMNS}""",
            msgspec.json.encode(asked).decode(),
            content_hash,
            operator.branch,
            operator.operator_id,
            idempotency_key,
            clock.now(),
        )
        if created is not None:
            detail = {"list": asked.list, "reason": asked.reason}
            await acted(connection, operator, "export.ask", f"exports/{created['id']}", detail)
            return Made(export_of(created), created=True)
    [known] = await database.fetch(
        f"SELECT {COLUMNS} FROM export WHERE maker_id = $1 AND idempotency_key = $2",
        operator.operator_id,
        idempotency_key,
    )
    if known["content_hash"] != content_hash:
        raise Conflict("idempotency.key_reused", "该请求编号已用于另一次导出，请重新发起")
    return Made(export_of(known), created=False)
