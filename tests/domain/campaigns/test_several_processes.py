"""Processes that know nothing of each other share one budget to the fen."""

import asyncio
import sys

import pytest

from kit import database as db
from tests.domain.campaigns.stage import campaign, holds, pots
from tests.domain.coupons.stage import new_customers, publish_template

PROGRAM = """
import asyncio, sys
from domain import coupons, customers
from kit import database, logging

async def one(customer_id):
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        await coupons.issue(connection, [coupons.IssueOrder(customer_id, "free7", f"s{customer_id}", "test")])

async def main(url, ids):
    await database.connect(url, pool=8)
    await asyncio.gather(*map(one, ids))
    await database.close()

logging.configure(json_lines=False, level="ERROR")
asyncio.run(main(sys.argv[1], [int(one) for one in sys.argv[2].split(",")]))
"""


@pytest.mark.usefixtures("database")
async def test_of_three_processes_together_as_many_are_served_as_there_is_money_for(migrated: str) -> None:
    await campaign(350 * 50, branches={"SH": 350 * 20})
    await publish_template("free7", campaign="autumn", cost_fen=350, per_person=1)
    everybody = await new_customers(120)
    await db.execute("UPDATE customer SET branch = 'SH' WHERE id = ANY($1)", everybody[::2])
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, migrated, ",".join(map(str, everybody[place::3]))
        )
        for place in range(3)
    ]
    assert [await process.wait() for process in running] == [0, 0, 0]
    assert await pots() == {"": (0, 350 * 50), "HQ": (0, 350 * 30), "SH": (0, 350 * 20)}
    assert await db.fetchval("SELECT count(*) FROM coupon") == 50
    await holds()
