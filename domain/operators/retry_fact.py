"""An operator hands a parked fact to the relay once more."""

from domain import outbox
from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.rules import check_role
from kit import database
from kit.errors import NotFound


async def retry_fact(operator: OperatorIdentity, fact_id: int) -> None:
    """Let it be tried again. Raises `Forbidden` (`operator.missing_role`), `NotFound` (`fact.not_found`)."""
    check_role(operator, Role.CHECKER)
    async with database.transaction() as connection:
        if not await outbox.retry(fact_id):
            raise fact_not_found()
        await acted(connection, operator, "fact.retry", f"parked-facts/{fact_id}")


def fact_not_found() -> NotFound:
    """The refusal where there is none."""
    return NotFound("fact.not_found", "没有这条待处理的内部事实")
