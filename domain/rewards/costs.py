"""What rewards and gifts cost, and the budgets they are paid from."""

from collections.abc import Sequence

from domain import approvals, benefits, campaigns, coupons
from domain.campaigns import Cost
from kit.database import Connection, Record


async def follow_prices(connection: Connection) -> None:
    """Know what coupons and benefits cost now; it stays so until the transaction ends. Shares the live set."""
    revision = await approvals.share_live_set(connection)
    await coupons.catalogue.follow(revision)
    await benefits.catalogue.follow(revision)


def price_fen(kind: str, target: str | None) -> int:
    """What one of it costs at present; experience costs nothing."""
    if kind == "coupon":
        return coupons.template_cost_fen(target or "")
    return benefits.benefit_cost_fen(target or "") if kind == "benefit" else 0


def cost_of(row: Record, source: str) -> Cost | None:
    """The cost of a grant or gift whose coupon or benefit is issued under `source`."""
    if row["kind"] == "coupon":
        return coupons.cost_of(row["target"], row["customer_id"], source)
    return benefits.cost_of(row["target"], row["customer_id"], source) if row["kind"] == "benefit" else None


def budget_sources(grants: Sequence[Record]) -> list[str]:
    """The sources under which the budgets know these grants of rewards."""
    return [
        (coupons if row["kind"] == "coupon" else benefits).budget_source(source_of(row))
        for row in grants
        if row["kind"] in ("coupon", "benefit")
    ]


def source_of(grant: Record) -> str:
    """What a reward is issued under."""
    return f"grant:{grant['id']}"


async def hold_budgets(connection: Connection, rows: Sequence[Record], sources: Sequence[str]) -> None:
    """Lock every budget these grants or gifts may touch, once: those they reserved on, and those they cost now."""
    costs = [cost_of(row, "") for row in rows]
    await campaigns.lock(connection, {cost.campaign for cost in costs if cost}, sources)
