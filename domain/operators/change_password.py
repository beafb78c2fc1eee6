"""An operator's own password."""

from domain.operators import passwords, rules
from domain.operators.acted import acted
from domain.operators.check_password import check_password
from domain.operators.identity import OperatorIdentity
from domain.operators.revoke_sessions import revoke_sessions
from kit import database
from kit.errors import Fault, RuleViolated


async def change_password(operator: OperatorIdentity, current: str, new: str) -> None:
    """Replace the password; every other session of the operator ends, this one may now do all it may.

    Raises `Forbidden` (`operator.wrong_password`, `operator.locked`), `RuleViolated` (`operator.weak_password`) with
    what is wrong.
    """
    faults = list(rules.password_faults(new, operator.username, "new"))
    if new == current:
        faults.append(Fault("new", "password.same", "not the present one"))
    if faults:
        raise RuleViolated("operator.weak_password", "新密码不符合要求", faults)
    await check_password(operator, current)
    password_hash = await passwords.hashed(new)
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE operator SET password_hash = $2, one_time_until = NULL WHERE id = $1",
            operator.operator_id,
            password_hash,
        )
        await revoke_sessions(connection, operator.operator_id, but=operator.session_id)
        await acted(connection, operator, "operator.change_password", f"operators/{operator.username}")
