"""Who may do what, and when too many wrong passwords lock an account. Pure."""

from datetime import datetime, timedelta

from domain.operators.identity import OperatorIdentity, Role
from kit.errors import Forbidden

FAILURES_TO_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)
_ROLE_NAMES = {Role.MAKER: "经办", Role.CHECKER: "复核", Role.BUDGET_APPROVER: "预算审批"}


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
