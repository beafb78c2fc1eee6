"""Billing cycles: the customer's own day, learned from the core, kept by the claim as it was when it was made."""

import pytest

from domain import customers, events, tasks
from domain.customers import sign_in_by_ticket
from kit import clock, database
from tests.domain.customers.partners import HOLDER, Bank, bank
from tests.domain.tasks.making import at, claim, claims_of, cumulative, purchase, task
from tests.domain.tasks.time_machine import TimeMachine

__all__ = ["bank"]
pytestmark = pytest.mark.usefixtures("database")
SUM = cumulative("purchase.amount", 10**6, {"calendar": "billing_cycle"})


async def on_day(customer: str, day: int | None) -> int:
    customer_id = (await customers.ids_of([customer]))[customer]
    await database.execute("UPDATE customer SET billing_day = $2 WHERE id = $1", customer_id, day)
    return customer_id


async def spend(customer: str) -> None:
    """100 on the 16th, 10 on the 17th, 1 on the 2nd of the next month."""
    days = {"2026-10-16 12:00": 100, "2026-10-17 12:00": 10, "2026-11-02 12:00": 1}
    await events.ingest([purchase(customer, amount, occurred_at=at(day)) for day, amount in days.items()])


async def reached(customer_id: int, claim_id: int) -> int:
    return (await tasks.claim_of(customer_id, claim_id)).conditions[0].current


@pytest.mark.parametrize(("day", "best"), [(17, 100), (None, 110), (1, 110), (10, 111), (31, 110)])
async def test_the_best_cycle_is_the_customers_own(time_machine: TimeMachine, day: int | None, best: int) -> None:
    customer_id = await on_day("C1", day)
    await task("cycle", SUM, claim={"from": "2026-10-01T00:00:00+08:00"})
    await spend("C1")
    [made] = await claims_of("C1", "cycle")
    assert await reached(customer_id, made["id"]) == best


async def test_a_claim_keeps_the_day_it_was_made_with(time_machine: TimeMachine) -> None:
    customer_id = await on_day("C1", 17)
    await task("cycle", SUM, automatic=False)
    await task("sum", cumulative("purchase.amount", 10**6), automatic=False)
    made, other = await claim("C1", "cycle"), await claim("C1", "sum")
    kept = "SELECT billing_day FROM claim WHERE id = $1"
    assert await database.fetchval(kept, made.claim_id) == 17
    assert await database.fetchval(kept, other.claim_id) is None
    await on_day("C1", 10)
    await events.ingest([purchase("C1", 5, occurred_at=clock.now())])
    assert await database.fetchval(kept, made.claim_id) == 17
    assert await reached(customer_id, made.claim_id) == 5


async def test_signing_in_learns_the_day_from_the_core(bank: Bank) -> None:
    await sign_in_by_ticket(f"t1:{HOLDER.customer_no}", 24)
    assert await database.fetchval("SELECT billing_day FROM customer") == HOLDER.billing_day == 17
