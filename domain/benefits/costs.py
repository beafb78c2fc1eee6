"""What benefits cost their campaigns."""

from collections.abc import Collection

from domain import campaigns
from domain.benefits.catalogue import catalogue
from domain.campaigns import Cost
from kit.database import Connection


def budget_source(source: str) -> str:
    """The source under which the budget knows the grant of this source."""
    return f"benefit:{source}"


def cost_of(benefit: str, customer_id: int, source: str) -> Cost | None:
    """The cost of one grant of a live benefit; None where it has no campaign, or is not live."""
    live = catalogue.live.get(benefit)
    if live is None or live.definition.campaign is None:
        return None
    return Cost(live.definition.campaign, customer_id, live.definition.cost_fen, budget_source(source))


async def hold_budgets(connection: Connection, grant_ids: Collection[int]) -> None:
    """Lock the budgets that these grants may be given back to: before the grants, as everybody does."""
    rows = await connection.fetch("SELECT source FROM benefit_grant WHERE id = ANY($1::bigint[])", list(grant_ids))
    await campaigns.lock(connection, (), [budget_source(row["source"]) for row in rows])
