"""Operators are warned once when little is left, and again when it happens again."""

import asyncio

import pytest

from domain import benefits, campaigns, coupons
from domain.campaigns import Cost
from domain.operators import HEAD_OFFICE, OperatorIdentity
from tests.domain.benefits.stage import benefit, grant
from tests.domain.campaigns.stage import campaign, customer, release, reserve
from tests.domain.coupons.stage import MAKER, issue_one, publish_template
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
SHANGHAI = OperatorIdentity(9, "sh", "上海", frozenset(), "SH")
BEIJING = OperatorIdentity(10, "bj", "北京", frozenset(), "BJ")
assert MAKER.branch == HEAD_OFFICE


async def standing(operator: OperatorIdentity = MAKER) -> set[tuple[str, str, str, bool, int, int]]:
    found = await campaigns.warnings(operator, standing=True)
    return {(one.subject, one.code, one.branch, one.day is not None, one.used, one.ceiling) for one in found}


async def test_every_ceiling_reached_is_warned_of_once() -> None:
    await campaign(1_000, daily_fen=400, branches={"SH": 500}, warn_at=80)
    who = await customer("SH")
    await reserve(Cost("autumn", who, 319, "a"))
    assert await campaigns.watch() == 0
    await reserve(Cost("autumn", who, 1, "b"))
    assert await campaigns.watch() == 1
    await reserve(Cost("autumn", who, 80, "c"))
    assert await campaigns.watch() == 1
    assert await campaigns.watch() == 0
    assert await standing() == {
        ("budget", "autumn", "", True, 320, 400),
        ("budget", "autumn", "SH", False, 400, 500),
    }


async def test_what_was_given_back_is_no_longer_warned_of_and_reaching_it_again_is_told_again() -> None:
    await campaign(100)
    who = await customer()
    await reserve(Cost("autumn", who, 90, "a"))
    assert await campaigns.watch() == 1
    await release("a")
    assert (await campaigns.watch(), await standing()) == (0, set())
    await reserve(Cost("autumn", who, 90, "b"))
    assert await campaigns.watch() == 1
    assert [one.until is None for one in await campaigns.warnings(MAKER)] == [True, False]


async def test_a_day_that_is_over_is_no_longer_warned_of(time_machine: TimeMachine) -> None:
    await campaign(1_000, daily_fen=100)
    await reserve(Cost("autumn", await customer(), 100, "a"))
    assert await campaigns.watch() == 1
    time_machine(days=1)
    assert (await campaigns.watch(), await standing()) == (0, set())


async def test_two_workers_warn_once() -> None:
    await campaign(100)
    await reserve(Cost("autumn", await customer(), 100, "a"))
    assert sum(await asyncio.gather(*(campaigns.watch() for _ in range(4)))) == 1
    assert len(await campaigns.warnings(MAKER)) == 1


async def test_of_stocks_too() -> None:
    await publish_template("free7", stock=10, per_person=None)
    await publish_template("many", stock=1_000)
    await benefit("coffee", codes=2, campaign=None)
    await benefit("lounge", stock_mode="unlimited", stock=1)
    await benefit("endless", stock_mode="unlimited")
    who = await customer()
    for _ in range(9):
        await issue_one(who, "free7")
    await grant((who, "coffee", "a"), (who, "lounge", "b"), (who, "endless", "c"))
    assert (await coupons.watch_stock(), await benefits.watch_stock()) == (1, 1)
    await grant((who, "coffee", "d"))
    assert (await coupons.watch_stock(), await benefits.watch_stock()) == (0, 1)
    assert await standing() == {
        ("coupon_stock", "free7", "", False, 9, 10),
        ("benefit_stock", "lounge", "", False, 1, 1),
        ("benefit_stock", "coffee", "", False, 2, 2),
    }
    await publish_template("free7", stock=100, per_person=None)
    await benefits.import_codes(MAKER, "coffee", [f"more-{number}" for number in range(10)])
    assert (await coupons.watch_stock(), await benefits.watch_stock()) == (0, 0)
    assert {one[1] for one in await standing()} == {"lounge"}


async def test_a_branch_is_warned_of_its_own_share() -> None:
    await campaign(1_000, branches={"SH": 100, "BJ": 100})
    await reserve(Cost("autumn", await customer("SH"), 100, "a"))
    await campaigns.watch()
    assert (len(await standing()), len(await standing(SHANGHAI)), len(await standing(BEIJING))) == (1, 1, 0)
