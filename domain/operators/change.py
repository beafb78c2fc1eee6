"""An operator's name, roles, branch, and whether they are one at all."""

from collections.abc import Sequence
from typing import Any

import msgspec

from domain.operators import rules
from domain.operators.acted import acted
from domain.operators.create import unknown_branch
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.queries import Account, account, hold
from domain.operators.revoke_sessions import revoke_sessions
from kit import database
from kit.errors import Conflict


async def change(
    operator: OperatorIdentity,
    username: str,
    *,
    name: str | None = None,
    roles: Sequence[Role] | None = None,
    branch: str | None = None,
    active: bool | None = None,
) -> Account:
    """Change what is given. Other roles, another branch and deactivation end the operator's sessions in every process.

    Nobody changes their own roles, branch or activity, so that two people stand behind every administrator who becomes
    a checker. Raises `Forbidden` (`operator.missing_role`), `NotFound` (`operator.not_found`), `Conflict`
    (`operator.own_account`), `RuleViolated` (`operator.unknown_branch`).
    """
    rules.check_role(operator, Role.ADMINISTRATOR)
    async with database.transaction() as connection:
        known = await hold(connection, operator, username)
        held = None if roles is None else sorted({str(role) for role in roles})
        given = {"name": name, "roles": held, "branch": branch, "active": active}
        changed = {key: value for key, value in given.items() if value not in (None, getattr(known, key))}
        if changed.keys() - {"name"} and known.id == operator.operator_id:
            raise Conflict("operator.own_account", "不能修改自己的角色、机构或状态，请由另一位管理员操作")
        if "branch" in changed:
            exists = await connection.fetchval("SELECT code FROM branch WHERE code = $1", branch)
            if exists is None or not operator.sees(branch):
                raise unknown_branch()
        if changed:
            await _write(connection, known.id, changed)
            was = {key: getattr(known, key) for key in changed}
            await acted(connection, operator, "operator.change", f"operators/{username}", {**changed, "was": was})
        if changed.keys() - {"name"}:
            await revoke_sessions(connection, known.id)
    return await account(operator, username)


async def _write(connection: database.Connection, operator_id: int, changed: dict[str, Any]) -> None:
    stored = dict(changed)
    if "roles" in stored:
        stored["roles"] = msgspec.json.encode(stored["roles"]).decode()
    settings = ", ".join(f"{column} = ${place}" for place, column in enumerate(stored, 2))
    await connection.execute(f"UPDATE operator SET {settings} WHERE id = $1", operator_id, *stored.values())
