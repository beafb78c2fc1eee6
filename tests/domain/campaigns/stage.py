"""Campaigns that are live, costs that are reserved, and what their counters say."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from domain import campaigns, coupons, customers, outbox, reconciliation
from domain.approvals import Version
from domain.campaigns import CAMPAIGNS, Cost
from domain.facts import CouponReleased, CouponUsed
from kit import clock, database
from tests.domain.coupons.stage import new_customers, publish

_loans = count(1)


def document(total_fen: int | None = 1_000, window: dict[str, Any] | None = None, **budget: Any) -> dict[str, Any]:
    """A campaign as an operator would write it; without a total it has no budget."""
    body = {"name": "秋日焕新", "type": "use", "rules": "活动规则", "window": window or {}}
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


async def spent() -> tuple[int, int]:
    """Reserved and committed of the whole campaign."""
    return (await pots())[""]


async def holds(*, by_hand: bool = False) -> None:
    """Every invariant of the house; what a test has reserved by hand is not waited for by any reward."""
    broken = {one.invariant: one.rows for one in await reconciliation.reconcile()}
    if by_hand:
        broken.pop("budget.reserved_is_waited_for", None)
    assert broken == {}


async def borrow(coupon_id: int) -> int:
    """A loan in the making with this coupon; its id."""
    owner = await database.fetchval("SELECT customer_id FROM coupon WHERE id = $1", coupon_id)
    async with database.transaction() as connection:
        await customers.lock(connection, [owner])
        loan_id: int = await connection.fetchval(
            """INSERT INTO loan (customer_id, idempotency_key, fingerprint, request_no, amount_fen, periods, method, state,
                                 coupon_id, cost_table_version, cost_table_seconds, created_at, asked_at)
               VALUES ($1, $2::text, 'f', $2, 1, 1, 'equal_instalment', 'processing', $3, '1', 5, $4, $4) RETURNING id""",
            owner,
            f"k{next(_loans)}",
            coupon_id,
            clock.now(),
        )
        await coupons.occupy(connection, owner, coupon_id, loan_id, clock.now())
    return loan_id


async def conclude(loan_id: int, *, disbursed: bool) -> None:
    """As `loans.conclude` does."""
    owner = await database.fetchval("SELECT customer_id FROM loan WHERE id = $1", loan_id)
    async with database.transaction() as connection:
        await customers.lock(connection, [owner])
        await connection.execute(
            "UPDATE loan SET state = $2 WHERE id = $1", loan_id, "disbursed" if disbursed else "declined"
        )
        if disbursed:
            fact: Any = CouponUsed(await coupons.redeem(connection, loan_id) or 0, loan_id, 350)
        else:
            fact = CouponReleased(await coupons.release(connection, loan_id, "loan.declined") or 0, owner)
        await outbox.record(connection, [fact])


async def void(coupon_id: int) -> None:
    """As an operator would take it back."""
    owner = await database.fetchval("SELECT customer_id FROM coupon WHERE id = $1", coupon_id)
    async with database.transaction() as connection:
        await customers.lock(connection, [owner])
        await coupons.void(connection, [coupon_id], "test")
