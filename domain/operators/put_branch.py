"""A branch in the tree, or at another place of it."""

from domain.operators.acted import acted
from domain.operators.identity import HEAD_OFFICE, OperatorIdentity, Role
from domain.operators.rules import check_role
from domain.operators.tree import BELOW, Branch
from kit import database
from kit.errors import Conflict, Fault, Forbidden, RuleViolated

_TREE_LOCK = 0x7472_6565  # the tree changes by one at a time, or two moves could make a ring


async def put_branch(operator: OperatorIdentity, branch: Branch) -> bool:
    """Make the branch be as said; whether it is a new one. Every session then sees by the new tree. What is so
    already changes nothing.

    Administrators of head office may. Raises `Forbidden` (`operator.missing_role`, `operator.head_office_only`),
    `Conflict` (`branch.head_office`), `RuleViolated` (`branch.impossible` with the path of the fault).
    """
    check_role(operator, Role.ADMINISTRATOR)
    if operator.within is not None:
        raise Forbidden("operator.head_office_only", "此功能仅供总行使用")
    if branch.code == HEAD_OFFICE:
        raise Conflict("branch.head_office", "总行不能修改")
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _TREE_LOCK)
        before = await connection.fetchrow("SELECT name, parent_id FROM branch WHERE code = $1", branch.code)
        known = await connection.fetchval("SELECT true FROM branch WHERE code = $1", branch.parent)
        ring = branch.parent in {branch.code, *(row[0] for row in await connection.fetch(BELOW, branch.code))}
        if not known or ring:
            detail = "a branch that is known" if not known else "not the branch itself, nor one below it"
            raise RuleViolated("branch.impossible", "上级机构有误", [Fault("parent", "branch.parent", detail)])
        await connection.execute(
            """INSERT INTO branch (code, name, parent_id) VALUES ($1, $2, $3)
               ON CONFLICT (code) DO UPDATE SET name = $2, parent_id = $3""",
            branch.code,
            branch.name,
            branch.parent,
        )
        if before is not None and (before["name"], before["parent_id"]) == (branch.name, branch.parent):
            return False
        was = {"was": {"name": before["name"], "parent": before["parent_id"]}} if before else {}
        now = {"name": branch.name, "parent": branch.parent}
        await acted(connection, operator, "branch.put", f"branches/{branch.code}", {**now, **was})
    return before is None
