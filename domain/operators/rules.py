"""Who may do what, what a password must be, and when too many wrong ones lock an account. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.operators.identity import OperatorIdentity, Role
from kit.errors import Fault, Forbidden, NotFound

FAILURES_TO_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
ONE_TIME_FOR = timedelta(days=3)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
_ROLE_NAMES = {
    Role.MAKER: "经办",
    Role.CHECKER: "复核",
    Role.BUDGET_APPROVER: "预算审批",
    Role.SUPPORT: "客服",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "管理员",
}


def check_role(operator: OperatorIdentity, *roles: Role) -> None:
    """Whether the operator has one of these roles. Raises `Forbidden` (`operator.missing_role`), naming them."""
    if operator.roles.isdisjoint(roles):
        names = "或".join(_ROLE_NAMES[role] for role in roles)
        raise Forbidden("operator.missing_role", f"此操作需要{names}权限")


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether the account refuses everybody, the right password included."""
    return locked_until is not None and now < locked_until


def after_failure(failed_attempts: int, locked_until: datetime | None, now: datetime) -> tuple[int, datetime | None]:
    """Failed attempts and lock after one more wrong password; a lock that is over starts the count anew."""
    failures = 1 if locked_until is not None else failed_attempts + 1
    return failures, now + LOCKED_FOR if failures >= FAILURES_TO_LOCK else None


def password_faults(password: str, username: str, path: str) -> Iterator[Fault]:
    """What keeps a text from being a password: length and variety, as no list of characters makes one safe."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        yield Fault(path, "password.length", f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if len(set(password)) < 6:
        yield Fault(path, "password.monotonous", "at least 6 different characters")
    if username.lower() in password.lower():
        yield Fault(path, "password.username", "not the username within it")


def not_found() -> NotFound:
    """The refusal where there is no such operator, or none of this administrator's."""
    return NotFound("operator.not_found", "没有这位运营人员")


def locked() -> Forbidden:
    """The refusal while the account is locked."""
    return Forbidden("operator.locked", "密码连续输错次数过多，账号已锁定，请15分钟后再试")
