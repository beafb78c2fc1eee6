"""How often an operator may look. Pure."""

from kit.errors import Conflict

REVEALS_A_DAY = 50


def check_ceiling(today: int) -> None:
    """Raises `Conflict` (`reveal.day_ceiling`) when that many are enough."""
    if today >= REVEALS_A_DAY:
        raise Conflict("reveal.day_ceiling", f"每人每天最多查看{REVEALS_A_DAY}次客户敏感信息")
