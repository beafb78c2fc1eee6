"""GET /level and /experience."""

from collections.abc import AsyncIterator

import pytest

from domain import customers, experience
from domain.experience import LEVEL_TABLES, Earning
from kit import database
from tests.api.room import SignIn, customers_room
from tests.domain.coupons.stage import new_customers, publish

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def sign_in(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


async def earn(*entries: Earning) -> None:
    async with database.transaction() as connection:
        await customers.lock(connection, {entry.customer_id for entry in entries})
        await experience.add(connection, entries)


async def test_the_level_table_shows_the_customers_place(sign_in: SignIn) -> None:
    levels = [
        {"rank": 0, "name": "普通会员", "threshold": 0, "benefits": []},
        {"rank": 1, "name": "银卡会员", "threshold": 100, "benefits": ["生日礼"]},
        {"rank": 2, "name": "金卡会员", "threshold": 500, "benefits": ["贵宾厅"]},
    ]
    version = await publish(LEVEL_TABLES, "default", {"name": "会员等级", "levels": levels})
    await experience.catalogue.refresh()
    [customer] = await new_customers()
    await earn(Earning(customer, 120, "grant:1", "完成任务"))
    answer = await (await sign_in(customer)).get("/level")
    plain = {"gifts": [], "keep": None, "picture": "level"}
    shown = answer.json()
    [change] = shown.pop("changes")
    assert (change["before"], change["after"], change["reason"]) == (0, 1, "rise")
    assert shown == {
        "table": "会员等级",
        "version": version.version,
        "experience": 120,
        "current": {"rank": 1, "name": "银卡会员", "threshold": 100},
        "next": {"rank": 2, "name": "金卡会员", "threshold": 500, "missing": 380},
        "holds_until": None,
        "keep": None,
        "levels": [
            {**levels[0], **plain, "reached": True, "current": False},
            {**levels[1], **plain, "reached": True, "current": True},
            {**levels[2], **plain, "reached": False, "current": False},
        ],
    }


async def test_without_a_table_everybody_is_at_the_top_of_the_one_built_in(sign_in: SignIn) -> None:
    [customer] = await new_customers()
    answer = (await (await sign_in(customer)).get("/level")).json()
    assert (answer["experience"], answer["next"], len(answer["levels"])) == (0, None, 1)


async def test_entries_are_paged_by_cursor(sign_in: SignIn) -> None:
    customer, stranger = await new_customers(2)
    await earn(*(Earning(customer, number, f"grant:{number}", "完成任务") for number in (1, 2, 3)))
    await earn(Earning(stranger, 9, "grant:9", "完成任务"))
    client = await sign_in(customer)
    first = (await client.get("/experience", params={"limit": 2})).json()
    second = (await client.get("/experience", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["amount"] for item in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next_cursor"] is None
    assert set(first["items"][0]) == {"entry_id", "amount", "title", "created_at"}
    assert isinstance(first["items"][0]["entry_id"], str)


async def test_a_cursor_that_is_not_ours_is_refused(sign_in: SignIn) -> None:
    [customer] = await new_customers()
    answer = await (await sign_in(customer)).get("/experience", params={"cursor": "!"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "cursor")


async def test_nobody_sees_a_level_without_signing_in(sign_in: SignIn) -> None:
    client = await sign_in((await new_customers())[0])
    answer = await client.get("/level", headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
