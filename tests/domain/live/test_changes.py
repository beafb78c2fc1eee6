"""What changed for a customer, read while others write: complete, and in order."""

import asyncio
import random

import pytest

from domain import coupons, customers, live
from domain.coupons import Issued, IssueOrder
from kit import database
from tests.domain.coupons.stage import issue_one, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")


async def keep_writing(customer: int, template: str, count: int, mine: list[int]) -> None:
    """Coupons in transactions of different length, so that they overtake each other wherever they can."""
    for number in range(count):
        async with database.transaction() as connection:
            await customers.lock(connection, [customer])
            order = IssueOrder(customer, template, f"{template}:{number}", "test")
            [made] = await coupons.issue(connection, [order])
            await asyncio.sleep(random.uniform(0, 0.01))
        assert isinstance(made, Issued)
        mine.append(made.coupon_id)


async def test_a_reader_that_goes_on_from_its_last_number_misses_nothing() -> None:
    [customer] = await new_customers()
    templates = [f"t{number}" for number in range(5)]
    for template in templates:
        await publish_template(template, per_person=None)
    written: list[int] = []
    writers = [asyncio.create_task(keep_writing(customer, template, 8, written)) for template in templates]
    read: list[live.Change] = []

    async def look() -> None:
        read.extend(await live.changes_after(customer, read[-1].number if read else 0, limit=3))

    while not all(writer.done() for writer in writers):
        await look()
    await asyncio.gather(*writers)
    for _ in written:
        await look()
    numbers = [change.number for change in read]
    assert numbers == sorted(set(numbers))
    assert sorted(int(change.data["coupon_id"]) for change in read) == sorted(written)
    assert {change.kind for change in read} == {"coupon.issued"}
    assert await live.last_change(customer) == numbers[-1]


async def test_others_changes_are_not_told() -> None:
    mine, theirs = await new_customers(2)
    await publish_template("free7", per_person=None)
    await issue_one(theirs, "free7")
    assert await live.changes_after(mine, 0) == []
    assert await live.last_change(mine) == 0
