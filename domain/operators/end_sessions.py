"""An administrator ends every session of an operator."""

from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.queries import hold
from domain.operators.revoke_sessions import revoke_sessions
from domain.operators.rules import check_role
from kit import database


async def end_sessions(operator: OperatorIdentity, username: str) -> int:
    """End them in every process; how many there were.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (`operator.not_found`).
    """
    check_role(operator, Role.ADMINISTRATOR)
    async with database.transaction() as connection:
        account = await hold(connection, operator, username)
        ended = await revoke_sessions(connection, account.id)
        await acted(connection, operator, "session.end", f"operators/{username}/sessions", {"sessions": ended})
    return ended
