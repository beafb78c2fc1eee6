"""One's own account, held while its password is asked once more."""

from domain.operators import passwords
from domain.operators.identity import OperatorIdentity
from kit.database import Connection, Record
from kit.errors import Forbidden


async def hold_own(connection: Connection, operator: OperatorIdentity, password: str) -> Record:
    """The operator's row, unchangeable by others until the transaction ends. Raises `Forbidden`
    (`operator.wrong_password`): whoever finds an open session must not take the account over.
    """
    [row] = await connection.fetch("SELECT * FROM operator WHERE id = $1 FOR NO KEY UPDATE", operator.operator_id)
    if not await passwords.matches(row["password_hash"], password):
        raise Forbidden("operator.wrong_password", "当前密码不正确")
    return row
