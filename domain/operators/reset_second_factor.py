"""The way back for who lost their phone."""

from domain.operators import rules
from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.queries import hold
from domain.operators.revoke_sessions import revoke_sessions
from kit import database
from kit.errors import Conflict


async def reset_second_factor(operator: OperatorIdentity, username: str) -> None:
    """The operator signs in without a code until they enrol anew; their sessions end. Idempotent. Not for one's own.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (`operator.not_found`), `Conflict`
    (`operator.own_account`).
    """
    rules.check_role(operator, Role.ADMINISTRATOR)
    async with database.transaction() as connection:
        known = await hold(connection, operator, username)
        if known.id == operator.operator_id:
            raise Conflict("operator.own_account", "不能重置自己的动态验证码，请由另一位管理员操作")
        await connection.execute(
            "UPDATE operator SET secret = NULL, offered_secret = NULL, last_step = NULL WHERE id = $1", known.id
        )
        await revoke_sessions(connection, known.id)
        await acted(connection, operator, "operator.reset_second_factor", f"operators/{username}")
