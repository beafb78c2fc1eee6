"""What a campaign's budget has been used for."""

import msgspec

from domain.operators import OperatorIdentity
from kit import database


class BudgetUse(msgspec.Struct, frozen=True):
    """A pot in fen; `branch` is empty for the whole of a campaign."""

    branch: str
    ceiling_fen: int
    reserved_fen: int
    committed_fen: int


async def budget_use(operator: OperatorIdentity, campaign: str) -> list[BudgetUse]:
    """The pots of the operator's branches, to the last commit; the caller has checked that the campaign may be seen."""
    rows = await database.fetch(
        """SELECT branch, ceiling_fen, reserved_fen, committed_fen FROM budget_pot
           WHERE campaign = $1 AND ($2::text[] IS NULL OR branch = ANY($2)) ORDER BY branch""",
        campaign,
        operator.within,
    )
    return [BudgetUse(*row) for row in rows]
