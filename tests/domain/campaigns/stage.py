"""Campaigns that are live, costs that are reserved, and what their counters say."""

from collections.abc import Sequence
from typing import Any

from domain import campaigns, customers
from domain.approvals import Version
from domain.campaigns import CAMPAIGNS, Cost
from kit import clock, database
from tests.domain.coupons.stage import new_customers, publish


def document(total_fen: int | None = 1_000, **budget: Any) -> dict[str, Any]:
    """A campaign as an operator would write it; without a total it has no budget."""
    body: dict[str, Any] = {"name": "秋日焕新", "type": "use", "rules": "活动规则"}
    return body if total_fen is None else {**body, "budget": {"total_fen": total_fen, **budget}}


async def campaign(total_fen: int | None = 1_000, code: str = "autumn", **budget: Any) -> Version:
    """A campaign that is live, or its next version."""
    return await publish(CAMPAIGNS, code, document(total_fen, **budget))


async def customer(branch: str | None = None) -> int:
    """A customer of this branch."""
    [customer_id] = await new_customers()
    await database.execute("UPDATE customer SET branch = $2 WHERE id = $1", customer_id, branch)
    return customer_id


async def reserve(*costs: Cost) -> list[str | None]:
    """Reserve as callers do: in a transaction of theirs, under the customers' locks."""
    async with database.transaction() as connection:
        await customers.lock(connection, {cost.customer_id for cost in costs})
        return await campaigns.reserve(connection, costs)


async def commit(*sources: str) -> None:
    """What was reserved is given."""
    async with database.transaction() as connection:
        await campaigns.commit(connection, sources)


async def release(*sources: str) -> None:
    """What was reserved or given comes back."""
    async with database.transaction() as connection:
        await campaigns.release(connection, sources, "test")


async def pots(code: str = "autumn") -> dict[str, tuple[int, int]]:
    """Reserved and committed by branch; "" is the whole campaign."""
    rows = await database.fetch("SELECT * FROM budget_pot WHERE campaign = $1 ORDER BY branch", code)
    return {row["branch"]: (row["reserved_fen"], row["committed_fen"]) for row in rows}


async def today(branch: str = "", code: str = "autumn") -> tuple[int, int] | None:
    """Reserved and committed of the present day."""
    row = await database.fetchrow(
        "SELECT reserved_fen, committed_fen FROM budget_day WHERE campaign = $1 AND branch = $2 AND day = $3",
        code,
        branch,
        clock.today(),
    )
    return (row[0], row[1]) if row else None


async def entries(source: str) -> Sequence[str]:
    """The lines of a source in the ledger."""
    rows = await database.fetch("SELECT kind FROM budget_entry WHERE source = $1 ORDER BY id", source)
    return [row[0] for row in rows]
