"""An auditor asks whether the trail is what was written."""

from domain import audit
from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.rules import check_role
from kit import database


async def verify_trail(operator: OperatorIdentity, known_head: tuple[int, str] | None = None) -> audit.Verification:
    """As `audit.verify`; the question and its answer go on record. Raises `Forbidden` (`operator.missing_role`)."""
    check_role(operator, Role.AUDITOR)
    found = await audit.verify(known_head)
    async with database.transaction() as connection:
        detail = {"entries": found.entries, "head": found.head_hash, "broken": found.broken}
        await acted(connection, operator, "audit.verify", "audit", detail)
    return found
