"""A level table that is live, customers who earn, and what became of their levels."""

from typing import Any

import pytest

from domain import customers, experience
from domain.experience import LEVEL_TABLES, Earning
from kit import clock, database
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import new_customers, publish, publish_template
from tests.domain.tasks.making import at, settle
from tests.domain.tasks.time_machine import TimeMachine

NAMES = ("普通", "银卡", "金卡", "钻石")
THRESHOLDS, KEEPS = (0, 100, 500, 2_000), (None, 50, 200, 800)


async def table(gifts: dict[int, list[dict[str, Any]]] | None = None, **more: Any) -> None:
    keeps = KEEPS if more.get("validity") else (None,) * 4
    levels = [
        {"rank": rank, "name": NAMES[rank], "threshold": THRESHOLDS[rank], "keep": keeps[rank]} for rank in range(4)
    ]
    for rank, given_for in (gifts or {}).items():
        levels[rank]["gifts"] = given_for
    await publish(LEVEL_TABLES, "default", {"name": "会员等级", "levels": levels, **more})
    await experience.catalogue.refresh()


_numbers = iter(range(1, 10**9))


async def earn(customer: int, *amounts: int) -> None:
    for amount in amounts:
        async with database.transaction() as connection:
            await customers.lock(connection, [customer])
            await experience.add(connection, [Earning(customer, amount, f"test:{next(_numbers)}", "测试")])
    await settle()


def go_to(text: str) -> None:
    clock.advance((at(text) - clock.now()).total_seconds())


async def rank(customer: int) -> int:
    return (await experience.standing(customer)).current.rank


async def history(customer: int) -> list[tuple[int, int, str]]:
    return [(one.before, one.after, one.reason) for one in reversed(await experience.changes(customer, 100))]


async def gifts() -> list[tuple[Any, ...]]:
    rows = await database.fetch("SELECT rank, period, kind, state, failure FROM level_gift ORDER BY id")
    return [tuple(row) for row in rows]


YEAR = {"validity": {"until": "year_end"}}


GIFTS = {1: [{"coupon": "free7"}], 2: [{"experience": 30}, {"benefit": "coffee"}]}


async def with_gifts(**more: Any) -> None:
    await publish_template("free7", per_person=None)
    await benefit("coffee", codes=1)
    await table(GIFTS, **more)


@pytest.fixture
async def customer(time_machine: TimeMachine) -> int:
    go_to("2027-03-10 12:00")
    [one] = await new_customers()
    return one
