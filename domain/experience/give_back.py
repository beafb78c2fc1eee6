"""What was spent comes back: it had bought nothing."""

from collections.abc import Sequence

from domain.experience.spend import Spending, move_spent
from kit.database import Connection


async def give_back(connection: Connection, spendings: Sequence[Spending]) -> None:
    """Undo a `spend` of these amounts, each under a source of its own. Nothing is earned by it. Idempotent on `source`.
    The caller holds the customers' locks.
    """
    await move_spent(connection, spendings)
