"""Coupons nobody used in time: expired once, in batches, without waiting for who is busy."""

import asyncio
import contextvars
from datetime import timedelta

import pytest

from domain import coupons, customers
from kit import clock, database
from tests.domain.coupons.stage import broken, issue_one, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")


async def test_expiry_waits_for_nobody_and_comes_back() -> None:
    await publish_template("free7", per_person=None)
    busy, *others = await new_customers(4)
    for customer in (busy, *others):
        await issue_one(customer, "free7")
    later = clock.now() + timedelta(days=30)
    assert await coupons.expire(clock.now()) == 0
    async with database.transaction() as connection:
        await customers.lock(connection, [busy])
        # In a context of its own: what starts here would join this transaction.
        elsewhere = asyncio.create_task(coupons.expire(later), context=contextvars.Context())
        assert await asyncio.wait_for(elsewhere, 5) == 3
    assert await coupons.expire(later) == 1
    assert await broken() == {}


async def test_expiry_takes_no_more_than_a_batch() -> None:
    await publish_template("free7", per_person=None)
    for customer in await new_customers(5):
        await issue_one(customer, "free7")
    later = clock.now() + timedelta(days=30)
    assert [await coupons.expire(later, 2) for _ in range(4)] == [2, 2, 1, 0]


async def test_two_that_expire_at_once_share_the_work() -> None:
    await publish_template("free7", per_person=None)
    for customer in await new_customers(20):
        await issue_one(customer, "free7")
    later = clock.now() + timedelta(days=31)
    assert sum(await asyncio.gather(*(coupons.expire(later, 5) for _ in range(8)))) <= 20
    while await coupons.expire(later, 5):
        pass
    assert await database.fetchval("SELECT count(*) FROM coupon_move WHERE after = 'expired'") == 20
    assert await broken() == {}
