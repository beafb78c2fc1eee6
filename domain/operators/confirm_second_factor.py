"""The second half of enrolling: the phone has the secret."""

from domain.operators import second_factor
from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity
from domain.operators.revoke_sessions import revoke_sessions
from kit import clock, database
from kit.errors import Conflict, RuleViolated


async def confirm_second_factor(operator: OperatorIdentity, code: str) -> None:
    """From now on signing in asks for a code; this one is used. The operator's other sessions end.

    Raises `Conflict` (`operator.enrolled`, `operator.nothing_offered`), `RuleViolated` (`operator.wrong_code`).
    """
    async with database.transaction() as connection:
        [row] = await connection.fetch(
            "SELECT secret, offered_secret FROM operator WHERE id = $1 FOR NO KEY UPDATE", operator.operator_id
        )
        if row["secret"] is not None:
            raise Conflict("operator.enrolled", "已启用动态验证码")
        if row["offered_secret"] is None:
            raise Conflict("operator.nothing_offered", "请先获取动态验证码密钥")
        step = second_factor.step_of(second_factor.vault().open(row["offered_secret"]), code, clock.machine_now())
        if step is None:
            raise RuleViolated("operator.wrong_code", "动态验证码不正确")
        await connection.execute(
            "UPDATE operator SET secret = offered_secret, offered_secret = NULL, last_step = $2 WHERE id = $1",
            operator.operator_id,
            step,
        )
        await revoke_sessions(connection, operator.operator_id, but=operator.session_id)
        await acted(connection, operator, "operator.enrol_second_factor", f"operators/{operator.username}")
