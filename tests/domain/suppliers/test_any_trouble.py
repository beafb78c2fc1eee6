"""Whatever goes wrong between us and a supplier, in whatever order: both books end up the same, nothing twice."""

import asyncio
from random import Random

import pytest

from domain import customers, outbox, reconciliation, suppliers
from domain.benefits import void
from kit import clock, database
from tests.domain.benefits.stage import benefit, grant
from tests.domain.suppliers.twin import Twin
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
FAULTS = [
    "connection_reset",
    "connection_reset_after_work",
    "html",
    "garbage_after_work",
    "http_429",
    "http_500_after_work",
    "http_503",
]


@pytest.mark.parametrize("seed", range(4))
async def test_books_agree_in_the_end(twin: Twin, people: list[int], time_machine: TimeMachine, seed: int) -> None:
    chance = Random(seed)
    await twin.admit(api={"failures_to_open": 4, "open_seconds": 20, "requests_per_second": 20})
    await benefit("ticket", stock_mode="supplier_api", supplier="films", stock=20)
    left = list(people)
    for _ in range(12):
        for _ in range(chance.randrange(4)):
            await twin.fault(chance.choice(FAULTS))
        if chance.random() < 0.3:
            await twin.decide_next(chance.choice(["refused", "processing"]))
        chosen, left = left[:3], left[3:]
        await grant(*((customer, "ticket", f"t{customer}") for customer in chosen))
        await asyncio.gather(*(suppliers.ask_suppliers() for _ in range(chance.randrange(1, 4))))
        if chance.random() < 0.3:
            await take_back(chance)
        for issue in (await twin.ledger())["issues"]:
            if chance.random() < 0.1:
                await twin.use(code=issue["code"]) if issue["code"] else None
        time_machine(seconds=chance.choice([1, 20, 60]))
    await twin.http.delete("/control/faults")
    for _ in range(40):
        time_machine(minutes=16)
        await suppliers.ask_suppliers()
    while await outbox.relay_batch():
        pass
    requests = {
        row["request_no"]: (row["state"], row["grant"])
        for row in await database.fetch(
            """SELECT r.request_no, r.state, g.state AS grant FROM supplier_request r
               JOIN benefit_grant g ON g.id = r.grant_id"""
        )
    }
    theirs = {one["request_no"]: one["state"] for one in (await twin.ledger())["issues"]}
    ours = {number: state for number, (state, _) in requests.items() if state != "withdrawn"}
    assert ours == theirs
    assert len(requests) == 20
    assert {grant for state, grant in requests.values() if state == "issued"} <= {"granted", "redeemed", "voided"}
    assert await database.fetchval("SELECT count(*) FROM supplier_usage WHERE reason = 'code.unknown'") == 0
    assert await reconciliation.reconcile() == []
    assert clock.movable()


async def take_back(chance: Random) -> None:
    async with database.transaction() as connection:
        rows = await connection.fetch("SELECT id, customer_id FROM benefit_grant ORDER BY id")
        if rows:
            one = chance.choice(rows)
            await customers.lock(connection, [one["customer_id"]])
            await void(connection, [one["id"]], "clawback")
