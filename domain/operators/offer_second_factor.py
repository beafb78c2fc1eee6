"""The first half of enrolling: a secret for the operator's phone."""

import msgspec

from domain.operators import second_factor
from domain.operators.acted import acted
from domain.operators.check_password import check_password
from domain.operators.identity import OperatorIdentity
from kit import database
from kit.errors import Conflict


class Offered(msgspec.Struct, frozen=True):
    """What goes into the authenticator; told once."""

    secret: str
    address: str


async def offer_second_factor(operator: OperatorIdentity, password: str) -> Offered:
    """A new secret, kept sealed; nothing is asked at sign-in before a code of it has come back (`confirm`).

    Raises `Forbidden` (`operator.wrong_password`, `operator.locked`), `Conflict` (`operator.enrolled`: an administrator
    resets it first).
    """
    await check_password(operator, password)
    secret = second_factor.new_secret()
    async with database.transaction() as connection:
        offered = await connection.fetchval(
            "UPDATE operator SET offered_secret = $2 WHERE id = $1 AND secret IS NULL RETURNING true",
            operator.operator_id,
            second_factor.vault().seal(secret),
        )
        if offered is None:
            raise Conflict("operator.enrolled", "已启用动态验证码，如需更换请联系管理员重置")
        await acted(connection, operator, "operator.offer_second_factor", f"operators/{operator.username}")
    return Offered(secret, second_factor.address(secret, operator.username))
