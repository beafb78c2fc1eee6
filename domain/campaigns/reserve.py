"""Set money aside for what will be given later."""

from collections.abc import Sequence

from domain.campaigns.cost import Cost
from domain.campaigns.purse import open_purse
from kit.database import Connection


async def reserve(connection: Connection, costs: Sequence[Cost]) -> list[str | None]:
    """For each cost None when it is reserved (also when it was before, and when no budget counts it), else why not:
    `budget.exhausted`, `budget.branch_exhausted`, `budget.day_exhausted`, `budget.closed` (the campaign is paused or
    ended) or `budget.released` (this source gave its money back).

    First come first served; one refused refuses no other.

    The caller holds the customers' locks. Locks the budgets in order of campaign.
    """
    purse = await open_purse(connection, costs)
    refusals = [purse.take(cost) for cost in costs]
    await purse.reserve(connection)
    return refusals
