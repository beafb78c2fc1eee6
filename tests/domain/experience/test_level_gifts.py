"""Gifts for rising: each once for a customer, level and period, whatever is repeated or happens at once."""

import asyncio

import pytest

from domain import experience, live, reconciliation, rewards
from domain.experience import LEVEL_TABLES
from domain.facts import LevelRisen, RewardDue
from kit import database
from tests.domain.coupons.stage import publish
from tests.domain.experience.level_stage import YEAR, customer, earn, gifts, go_to, history, rank, table, with_gifts
from tests.domain.tasks.making import at, settle
from tests.domain.tasks.time_machine import time_machine

__all__ = ["customer", "time_machine"]
pytestmark = pytest.mark.usefixtures("database")


async def test_rising_gives_the_gifts_of_every_level_passed_once(customer: int) -> None:
    await with_gifts()
    before = await live.last_change(customer)
    await earn(customer, 600)
    assert await gifts() == [
        (1, "lifetime", "coupon", "granted", None),
        (2, "lifetime", "experience", "granted", None),
        (2, "lifetime", "benefit", "granted", None),
    ]
    assert (await experience.standing(customer)).balance == 630
    assert {one.kind for one in await live.changes_after(customer, before)} >= {"coupon.issued", "benefit.granted"}
    await earn(customer, -600, 600)
    assert len(await gifts()) == 3
    assert await reconciliation.reconcile() == []


async def test_a_new_period_gives_them_anew_to_who_rises_anew(customer: int) -> None:
    await with_gifts(**YEAR)
    await earn(customer, 600)
    go_to("2029-06-01 12:00")
    await experience.review()
    await earn(customer, 250)
    assert [one[:3] for one in await gifts()][3:] == [(2, "2029-01-01", "experience"), (2, "2029-01-01", "benefit")]
    assert (await gifts())[-1][3:] == ("failed", "benefit.out_of_stock")


async def test_told_again_and_at_once_a_gift_is_given_once(customer: int) -> None:
    await with_gifts()
    await earn(customer, 150)
    fact = LevelRisen(customer, 1, "银卡", "lifetime", [RewardDue("coupon", "free7", 1)])

    async def react() -> None:
        async with database.transaction() as connection:
            await rewards.give_gifts(connection, [fact, fact])

    await asyncio.gather(*(react() for _ in range(4)))
    assert await database.fetchval("SELECT count(*) FROM coupon") == 1


async def test_experience_that_lifts_further_comes_to_an_end(customer: int) -> None:
    await table({rank: [{"experience": 10_000}] for rank in (1, 2, 3)})
    await earn(customer, 100)
    assert (await experience.standing(customer)).balance == 30_100
    assert [one[0] for one in await gifts()] == [1, 2, 3]


async def test_two_earnings_at_once_rise_once(customer: int) -> None:
    await with_gifts()
    await asyncio.gather(*(earn(customer, 60) for _ in range(4)))
    await settle()
    assert await rank(customer) == 1
    assert [one[0] for one in await gifts()] == [1]


async def test_a_new_table_moves_everybody_without_gifts(customer: int) -> None:
    await table()
    await earn(customer, 600)
    await with_gifts(**YEAR)
    assert (await rank(customer), await gifts()) == (2, [])
    assert (await experience.standing(customer)).holds_until == at("2028-01-01 00:00")
    await publish(LEVEL_TABLES, "default", {"name": "一级", "levels": [{"rank": 0, "name": "全部", "threshold": 0}]})
    await experience.catalogue.refresh()
    assert (await rank(customer), (await history(customer))[-1]) == (0, (2, 0, "table"))
