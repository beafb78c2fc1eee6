"""What coupons cost the campaigns of their templates."""

from collections.abc import Collection

from domain import campaigns
from domain.campaigns import Cost
from domain.coupons.catalogue import catalogue
from kit.database import Connection


def budget_source(source: str) -> str:
    """The source under which the budget knows the coupon of this source."""
    return f"coupon:{source}"


def cost_of(template: str, customer_id: int, source: str) -> Cost | None:
    """The cost of a coupon of a live template; None where its template has no campaign, or is not live."""
    live = catalogue.live.get(template)
    if live is None or live.definition.campaign is None:
        return None
    return Cost(live.definition.campaign, customer_id, live.definition.cost_fen, budget_source(source))


async def hold_budgets(connection: Connection, coupon_ids: Collection[int]) -> None:
    """Lock the budgets that these coupons may be given back to: before the coupons, as everybody does."""
    rows = await connection.fetch("SELECT source FROM coupon WHERE id = ANY($1::bigint[])", list(coupon_ids))
    await campaigns.lock(connection, (), [budget_source(row["source"]) for row in rows])
