"""What is remembered of attempts, and for how long."""

from datetime import timedelta

import pytest

from domain import customers, reconciliation, risk
from kit import clock, database
from tests.domain.coupons.stage import new_customers
from tests.domain.risk.stage import HIT, OFFICER, attempt, decide, decisions, live, rule
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")
TABLES = ("risk_attempt", "risk_subject", "risk_hold")


async def counts() -> list[int]:
    return [await database.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]


async def everything(customer: int) -> None:
    """An attempt that is counted, one that waits, and decisions on both."""
    await live(rule("deny", when=HIT), rule("challenge"))
    assert await decide(attempt(customer), attempt(customer), attempt(customer)) == ["risk.challenge"] * 2 + [
        "risk.denied"
    ]


async def broken() -> list[str]:
    return [one.invariant for one in await reconciliation.reconcile() if one.violations]


async def test_each_thing_is_forgotten_at_its_time(time_machine: TimeMachine) -> None:
    [customer] = await new_customers()
    await everything(customer)
    assert (await counts(), await risk.sweep()) == ([3, 1, 1], 0)
    assert await broken() == []
    time_machine(days=7, minutes=1)
    assert (await risk.sweep(), await counts()) == (4, [0, 0, 1])
    time_machine(days=24)
    assert (await risk.sweep(), await counts()) == (1, [0, 0, 0])
    assert all(one["subjects"] for one in await decisions())
    time_machine(days=150)
    assert await risk.sweep() == 3
    assert [(one["decision"], one["subjects"]) for one in await decisions()] == [
        ("challenge", {}),
        ("challenge", {}),
        ("deny", {}),
    ]
    assert (await risk.sweep(), await broken()) == (0, [])


async def test_who_is_erased_is_forgotten_but_what_was_decided_and_the_list_stay() -> None:
    mine, other = await new_customers(2)
    await everything(mine)
    number = await database.fetchval("SELECT customer_no FROM customer WHERE id = $1", mine)
    until = clock.now() + timedelta(days=9)
    await risk.add_to_list(OFFICER, risk.NewEntry("deny", "customer", "刷单", until, number))
    assert await decide(attempt(other)) == ["risk.denied"]
    async with database.transaction() as connection:
        await customers.lock(connection, [mine])
        await risk.forget(connection, mine)
        await risk.forget(connection, mine)
    assert await counts() == [1, 1, 0]
    assert [bool(one["subjects"]) for one in await decisions()] == [False, False, False, True]
    assert await decide(attempt(mine)) == ["risk.denied"]
    assert await broken() == []


async def test_what_a_rule_did_not_say_is_a_violation() -> None:
    [customer] = await new_customers()
    await everything(customer)
    await database.execute(
        """INSERT INTO risk_decision (customer_id, action, version, rule, decision, shadow, passed, signals, subjects, at)
           SELECT customer_id, action, version, 'invented', decision, shadow, passed, signals, subjects, at
           FROM risk_decision WHERE decision = 'deny'"""
    )
    await database.execute("UPDATE risk_hold SET rule = 'another'")
    await database.execute("DELETE FROM risk_subject")
    found = {one.invariant: one.violations for one in await reconciliation.reconcile() if one.violations}
    assert found == {
        "risk.decided_by_a_rule_that_was_live": 1,
        "risk.held_back_is_on_record": 1,
        "risk.attempts_have_a_lock": 3,
    }
