"""A new operator."""

import secrets
from collections.abc import Iterable

import msgspec

from domain.operators import passwords, rules
from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.queries import Account, account
from kit import clock, database
from kit.errors import Conflict, Fault, RuleViolated


class Admitted(msgspec.Struct, frozen=True):
    """An account with the password that opens it once; nobody can read it again."""

    account: Account
    one_time_password: str


async def create(operator: OperatorIdentity, username: str, name: str, roles: Iterable[Role], branch: str) -> Admitted:
    """Admit an operator to one of the branches this administrator sees. The password has to be changed within three
    days.

    Raises `Forbidden` (`operator.missing_role`), `RuleViolated` (`operator.unknown_branch`, also for a branch of
    others), `Conflict` (`operator.username_taken`).
    """
    rules.check_role(operator, Role.ADMINISTRATOR)
    password = one_time_password()
    password_hash = await passwords.hashed(password)
    held = sorted({str(role) for role in roles})
    async with database.transaction() as connection:
        known = await connection.fetchval("SELECT code FROM branch WHERE code = $1", branch)
        if known is None or not operator.sees(branch):
            raise unknown_branch()
        made = await connection.fetchval(
            """INSERT INTO operator (username, name, password_hash, roles, branch, active, failed_attempts,
                                     one_time_until, created_at)
               VALUES ($1, $2, $3, $4::jsonb, $5, true, 0, $6, $7) ON CONFLICT (username) DO NOTHING RETURNING id""",
            username,
            name,
            password_hash,
            msgspec.json.encode(held).decode(),
            branch,
            clock.now() + rules.ONE_TIME_FOR,
            clock.now(),
        )
        if made is None:
            raise Conflict("operator.username_taken", "用户名已被使用")
        await acted(connection, operator, "operator.create", f"operators/{username}", {"roles": held, "branch": branch})
    return Admitted(await account(operator, username), password)


def one_time_password() -> str:
    """96 random bits, easy to copy."""
    return "-".join(secrets.token_hex(4) for _ in range(3))


def unknown_branch() -> RuleViolated:
    """The refusal of a branch that is not there, or not the administrator's."""
    fault = Fault("branch", "operator.unknown_branch", "a branch of yours, as in /branches")
    return RuleViolated("operator.unknown_branch", "没有这个机构", [fault])
