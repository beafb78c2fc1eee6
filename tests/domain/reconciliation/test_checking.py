"""Checking the invariants: on one snapshot, on a schedule, and never taking what is in flight for broken."""

from datetime import timedelta

import asyncpg
import pytest

from domain import coupons, customers, reconciliation
from domain.coupons import IssueOrder
from domain.reconciliation.check import SHOWN, check
from kit import clock
from kit import database as db
from tests.domain.coupons.stage import issue_one, new_customers, publish_template
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")
HOUR = timedelta(hours=1)


async def broken() -> dict[str, int]:
    return {verdict.invariant: verdict.violations for verdict in await reconciliation.reconcile()}


async def one_more(template: str, customer_id: int, source: str, issued_at: str = "issued_at") -> None:
    """Behind everybody's back: a copy of a coupon that nothing has counted."""
    made = await db.fetchval(
        f"""INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                                change_no)
            SELECT template, version_id, $2, state, $3, valid_from, valid_until, {issued_at}, 0
            FROM coupon WHERE template = $1 ORDER BY id LIMIT 1 RETURNING id""",
        template,
        customer_id,
        source,
    )
    await db.execute(
        "INSERT INTO coupon_move (coupon_id, after, reason, moved_at) VALUES ($1, 'unused', '', now())", made
    )


async def test_one_coupon_too_many_breaks_each_ceiling_it_exceeds() -> None:
    await publish_template("tight", stock=2, daily_cap=1, per_person=1)
    [customer, other] = await new_customers(2)
    await issue_one(customer, "tight")
    assert await broken() == {}
    await one_more("tight", other, "same day")
    assert await broken() == {
        "coupon.issued_is_counted": 1,
        "coupon.day_is_counted": 1,
        "coupon.within_the_day": 1,
    }
    await one_more("tight", customer, "the day before", "issued_at - interval '1 day'")
    assert set(await broken()) >= {"coupon.within_stock", "coupon.within_the_person"}


async def test_a_cap_lowered_afterwards_breaks_nothing() -> None:
    await publish_template("free7", per_person=2, daily_cap=2)
    [customer] = await new_customers()
    await issue_one(customer, "free7")
    await issue_one(customer, "free7")
    await publish_template("free7", per_person=1, daily_cap=1)
    assert await broken() == {}


async def test_what_is_in_flight_is_not_broken() -> None:
    await publish_template("free7")
    [customer] = await new_customers()
    async with db.transaction() as connection:
        await customers.lock(connection, [customer])
        await coupons.issue(connection, [IssueOrder(customer, "free7", "test:flight", "test")])
        assert await broken() == {}


async def test_all_invariants_see_the_same_moment(database: str) -> None:
    await publish_template("free7")
    [customer] = await new_customers()
    await issue_one(customer, "free7")
    beside = await asyncpg.connect(database)
    async with db.snapshot() as connection:
        await connection.execute("SELECT count(*) FROM coupon")
        await beside.execute("UPDATE coupon_stock SET issued = issued + 1")
        assert (await check(connection)).broken == []
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.execute("UPDATE coupon_stock SET issued = 0")
    await beside.close()
    assert await broken() == {"coupon.issued_is_counted": 1}


async def test_all_violations_are_counted_and_the_first_are_shown() -> None:
    await publish_template("free7")
    for customer in await new_customers(SHOWN + 5):
        await issue_one(customer, "free7")
    await db.execute("UPDATE coupon SET state = 'expired'")
    [verdict] = (await reconciliation.check_and_record()).broken
    assert (verdict.invariant, verdict.violations, len(verdict.rows)) == ("coupon.state_is_the_last_move", 25, SHOWN)
    told = {one.invariant: one.violations for one in await reconciliation.last_checks()}
    assert len(told) == len(reconciliation.INVARIANTS)
    assert {name for name, violations in told.items() if violations} == {"coupon.state_is_the_last_move"}
    assert told["coupon.state_is_the_last_move"] == 25


async def test_the_schedule_is_kept_whoever_checked_and_however_the_clock_moves(time_machine: TimeMachine) -> None:
    assert await reconciliation.check_when_due(HOUR) == 1
    assert await reconciliation.check_when_due(HOUR) == 0
    time_machine(minutes=61)
    await reconciliation.check_and_record()
    assert await reconciliation.check_when_due(HOUR) == 0
    time_machine(minutes=61)
    assert await reconciliation.check_when_due(HOUR) == 1
    time_machine(days=-3)
    assert await reconciliation.check_when_due(HOUR) == 1
    assert {one.checked_at.date() for one in await reconciliation.last_checks()} == {clock.now().date()}


async def test_only_one_worker_checks_at_a_time(database: str) -> None:
    other = await asyncpg.connect(database)
    async with other.transaction():
        await other.execute("SELECT pg_advisory_xact_lock($1)", 0x696E_7661)
        assert await reconciliation.check_when_due(HOUR) == 0
    assert await reconciliation.check_when_due(HOUR) == 1
    await other.close()


async def test_an_invariant_that_is_no_more_leaves_no_figure() -> None:
    await reconciliation.check_and_record()
    await db.execute("UPDATE invariant_check SET invariant = 'of.yesterday' WHERE invariant = 'coupon.within_stock'")
    await reconciliation.check_and_record()
    assert {one.invariant for one in await reconciliation.last_checks()} == {
        one.name for one in reconciliation.INVARIANTS
    }
