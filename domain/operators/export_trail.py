"""An auditor takes the trail, or a part of it, out of the house."""

from collections.abc import Mapping

from domain import audit
from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.rules import check_role
from kit import database


async def export_trail(operator: OperatorIdentity, narrowed: Mapping[str, audit.JSON]) -> None:
    """Put on record that it is exported, before anything is. Raises `Forbidden` (`operator.missing_role`)."""
    check_role(operator, Role.AUDITOR)
    async with database.transaction() as connection:
        await acted(connection, operator, "audit.export", "audit", narrowed)
