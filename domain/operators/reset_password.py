"""An administrator gives an operator a new password, for once."""

from domain.operators import passwords, rules
from domain.operators.acted import acted
from domain.operators.create import one_time_password
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.queries import hold
from domain.operators.revoke_sessions import revoke_sessions
from kit import clock, database
from kit.errors import Conflict


async def reset_password(operator: OperatorIdentity, username: str) -> str:
    """A one-time password, told once, that unlocks the account and has to be changed within three days; the sessions
    end. A second factor stays. Not for one's own account.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (`operator.not_found`), `Conflict`
    (`operator.own_account`).
    """
    rules.check_role(operator, Role.ADMINISTRATOR)
    password = one_time_password()
    password_hash = await passwords.hashed(password)
    async with database.transaction() as connection:
        known = await hold(connection, operator, username)
        if known.id == operator.operator_id:
            raise Conflict("operator.own_account", "请用修改密码功能更改自己的密码")
        await connection.execute(
            """UPDATE operator SET password_hash = $2, one_time_until = $3, failed_attempts = 0, locked_until = NULL
               WHERE id = $1""",
            known.id,
            password_hash,
            clock.now() + rules.ONE_TIME_FOR,
        )
        await revoke_sessions(connection, known.id)
        await acted(connection, operator, "operator.reset_password", f"operators/{username}")
    return password
