"""What a level's holders have as long as they hold it, and what they are told of it."""

import asyncio
import sys
from typing import Any

import pytest

from domain import benefits, experience, live, messages, reconciliation
from domain.experience import LEVEL_TABLES
from domain.facts import LevelMoved
from domain.messages import MESSAGE_TEMPLATES
from kit import database
from kit.errors import RuleViolated
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import new_customers, publish
from tests.domain.experience.level_stage import NAMES, THRESHOLDS, YEAR, customer, earn, go_to, rank
from tests.domain.tasks.making import settle
from tests.domain.tasks.time_machine import time_machine

__all__ = ["customer", "time_machine"]
pytestmark = pytest.mark.usefixtures("database")
LOUNGE, CAKE = "lounge", "cake"


async def table(standing: dict[int, list[str]], **more: Any) -> None:
    levels = [
        {
            "rank": place,
            "name": NAMES[place],
            "threshold": THRESHOLDS[place],
            "standing": standing.get(place, []),
            **({"keep": 50} if place and more.get("validity") else {}),
        }
        for place in range(3)
    ]
    await publish(LEVEL_TABLES, "default", {"name": "会员等级", "levels": levels, **more})
    await experience.catalogue.refresh()
    await settle()


async def offered() -> None:
    for code in (LOUNGE, CAKE):
        await benefit(code, stock_mode="unlimited", kind="lounge", validity={"days": 400})


async def held(customer_id: int) -> list[tuple[str, str]]:
    grants = await benefits.grants_of(customer_id, None, None, 50)
    return [(grant.benefit, str(grant.state)) for grant in reversed(grants)]


async def review() -> None:
    await experience.review()
    await settle()


async def test_a_level_brings_its_benefits_and_takes_them_along_when_it_is_lost(customer: int) -> None:
    await offered()
    await table({1: [LOUNGE], 2: [LOUNGE, CAKE]})
    before = await live.last_change(customer)
    await earn(customer, 150)
    assert await held(customer) == [(LOUNGE, "granted")]
    assert {one.kind for one in await live.changes_after(customer, before)} >= {"benefit.granted"}
    await earn(customer, 400)
    assert await held(customer) == [(LOUNGE, "granted"), (CAKE, "granted")]
    await earn(customer, -300)
    assert await held(customer) == [(LOUNGE, "granted"), (CAKE, "voided")]
    await earn(customer, 300)
    assert await held(customer) == [(LOUNGE, "granted"), (CAKE, "voided"), (CAKE, "granted")]
    assert await reconciliation.reconcile() == []


async def test_each_period_brings_them_anew_and_what_was_not_used_lapses(customer: int) -> None:
    await offered()
    await table({1: [LOUNGE]}, **YEAR)
    await earn(customer, 150)
    [first] = await benefits.grants_of(customer, None, None, 5)
    await benefits.redeem(customer, first.id)
    go_to("2028-01-01 00:00")
    await review()
    assert await held(customer) == [(LOUNGE, "redeemed"), (LOUNGE, "granted")]
    await earn(customer, 60)
    go_to("2029-01-01 00:00")
    await review()
    assert await held(customer) == [(LOUNGE, "redeemed"), (LOUNGE, "voided"), (LOUNGE, "granted")]
    go_to("2030-01-01 00:00")
    await review()
    assert (await rank(customer), (await held(customer))[-1]) == (0, (LOUNGE, "voided"))
    assert await reconciliation.reconcile() == []


async def test_what_was_redeemed_is_not_had_twice_in_a_period(customer: int) -> None:
    await offered()
    await table({1: [LOUNGE]})
    await earn(customer, 150)
    [grant] = await benefits.grants_of(customer, None, None, 5)
    await benefits.redeem(customer, grant.id)
    await earn(customer, -100, 100)
    assert await held(customer) == [(LOUNGE, "redeemed")]


async def test_a_new_table_gives_and_takes_for_everybody(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["domain.experience.sweep_standing"], "PAGE", 2)
    await offered()
    await table({})
    everybody = [customer, *await new_customers(4)]
    for one in everybody:
        await earn(one, 150)
    await table({1: [LOUNGE]})
    assert [await held(one) for one in everybody] == [[(LOUNGE, "granted")]] * 5
    await table({1: [CAKE]})
    assert [await held(one) for one in everybody] == [[(LOUNGE, "voided"), (CAKE, "granted")]] * 5
    await table({})
    assert {state for one in everybody for _, state in await held(one)} == {"voided"}
    assert await reconciliation.reconcile() == []


async def test_told_again_and_at_once_it_is_granted_once(customer: int) -> None:
    await offered()
    await table({1: [LOUNGE]})
    await earn(customer, 150)

    async def react() -> None:
        async with database.transaction() as connection:
            await experience.hold_standing(connection, [LevelMoved(customer)])

    await asyncio.gather(*(react() for _ in range(4)))
    assert await held(customer) == [(LOUNGE, "granted")]


async def test_one_that_is_out_of_stock_says_so_and_is_tried_again(customer: int) -> None:
    await benefit(CAKE, codes=0)
    await table({1: [CAKE], 2: [CAKE]})
    await earn(customer, 150)
    assert await held(customer) == []
    assert await database.fetchval("SELECT failure FROM standing_benefit") == "benefit.out_of_stock"
    await benefit(CAKE, codes=1)
    await earn(customer, 400)
    assert await held(customer) == [(CAKE, "granted")]
    assert await database.fetchval("SELECT count(*) FROM standing_benefit WHERE failure IS NULL") == 1


@pytest.mark.parametrize(
    ("place", "standing", "more", "path"),
    [
        (0, [LOUNGE], {}, "levels[0].standing"),
        (1, [LOUNGE, LOUNGE], {}, "levels[1].standing"),
        (1, ["nothing"], {}, "levels[1].standing[0]"),
        (1, ["once"], {}, "levels[1].standing[0]"),
        (1, [], {"messages": {"risen": "nothing"}}, "messages.risen"),
        (1, [], {"messages": {"fallen": "about-a-task"}}, "messages.fallen"),
    ],
)
async def test_an_impossible_table_is_refused_by_path(
    place: int, standing: list[str], more: dict[str, Any], path: str
) -> None:
    await offered()
    await benefit("once", stock_mode="unlimited", per_person=1)
    await template("about-a-task", "任务 {{task}}", "task")
    with pytest.raises(RuleViolated) as refused:
        await table({place: standing}, **more)
    assert [fault.path for fault in refused.value.faults] == [path]


async def template(code: str, body: str, *variables: str) -> None:
    kinds = {"expires_on": "date"}
    document = {
        "name": "等级消息",
        "title": "等级",
        "body": body,
        "category": "service",
        "variables": [{"name": name, "type": kinds.get(name, "text")} for name in variables],
    }
    await publish(MESSAGE_TEMPLATES, code, document)


async def test_a_level_reached_and_one_lost_are_told_once(customer: int) -> None:
    await template("risen", "您已升至{{level}}，有效期至{{expires_on}}", "level", "expires_on")
    await template("fallen", "您的等级变为{{level}}", "level")
    await table({}, messages={"risen": "risen", "fallen": "fallen"}, **YEAR)
    await earn(customer, 150)
    await earn(customer, 1)
    go_to("2029-01-02 12:00")
    await review()
    await review()
    told = [one.body for one in await messages.inbox(customer, only_unread=False, before=None, limit=9)]
    assert told == ["您的等级变为普通", "您已升至银卡，有效期至1月1日"]
