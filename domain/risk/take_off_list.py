"""Somebody is taken off a list, at once."""

from domain.operators import OperatorIdentity, acted, check_role
from domain.risk.add_to_list import ROLES
from domain.risk.entries import check_head_office, entry
from kit import database


async def take_off_list(operator: OperatorIdentity, entry_id: int, reason: str) -> None:
    """Raises `Forbidden` (`operator.missing_role`, `operator.head_office_only`), `NotFound` (`risk_list.not_found`)."""
    check_role(operator, *ROLES)
    check_head_office(operator)
    async with database.transaction() as connection:
        gone = await entry(connection, entry_id)
        await connection.execute("DELETE FROM risk_list_entry WHERE id = $1", entry_id)
        told = {"list": gone.list, "kind": gone.kind, "subject": gone.subject, "reason": reason}
        await acted(connection, operator, "risk_list.remove", f"risk-lists/{entry_id}", told)
