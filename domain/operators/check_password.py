"""The password is asked once more before one's own account changes."""

from domain.operators import passwords, rules
from domain.operators.count_failure import count_failure
from domain.operators.identity import OperatorIdentity
from kit import clock, database
from kit.errors import Forbidden


async def check_password(operator: OperatorIdentity, password: str) -> None:
    """Whoever finds an open session must not take the account over: wrong ones count as they do at sign-in.

    Raises `Forbidden` (`operator.wrong_password`, `operator.locked`).
    """
    async with database.transaction() as connection:
        [row] = await connection.fetch("SELECT * FROM operator WHERE id = $1 FOR NO KEY UPDATE", operator.operator_id)
        if rules.is_locked(row["locked_until"], clock.now()):
            raise rules.locked()
        if await passwords.matches(row["password_hash"], password):
            return
        await count_failure(connection, row, clock.now())
    raise Forbidden("operator.wrong_password", "当前密码不正确")
