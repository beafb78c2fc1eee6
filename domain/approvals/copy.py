"""A new configuration that begins as another one is."""

from domain.approvals import content, rules
from domain.approvals.kinds import Kind
from domain.approvals.queries import version_numbered
from domain.approvals.save_draft import Saved, put_draft
from domain.operators.identity import OperatorIdentity
from kit import database
from kit.errors import Conflict


async def copy(kind: Kind, code: str, to: str, operator: OperatorIdentity, number: int | None = None) -> Saved:
    """Write version `number` of a configuration (the latest unless given) as the first draft of the code `to`; its
    maker and branch are the operator's.

    Raises `RuleViolated` (from the kind), `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict`
    (`configuration.code_taken`).
    """
    rules.check_may_write(operator)
    original = await version_numbered(kind.name, code, operator, number)
    definition = content.definition_of(kind.definition, original.body)
    await kind.check(to, definition)
    async with database.transaction() as connection:
        saved = await put_draft(
            connection, kind, to, definition, operator, reason=f"copy of {code} v{original.version}"
        )
        if not saved.created or saved.version.version > 1:
            raise Conflict("configuration.code_taken", "这个编码已被使用，请换一个")
    return saved
