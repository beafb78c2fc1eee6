"""GET /benefits and POST /benefits/{benefit}/exchanges."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain import benefits, customers, experience, tasks
from domain.experience import Earning
from kit import database
from tests.api.room import SignIn, customers_room, visitor
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import new_customers, publish
from tests.domain.tasks.making import cumulative, task

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def sign_in(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


async def rich(amount: int = 100) -> int:
    [customer] = await new_customers()
    async with database.transaction() as connection:
        await customers.lock(connection, [customer])
        await experience.add(connection, [Earning(customer, amount, f"e:{customer}", "测试")])
    return customer


async def test_the_mall_says_how_each_benefit_can_be_had(sign_in: SignIn) -> None:
    await benefit("lounge", stock_mode="unlimited", exchange={"experience": 60, "per_person": 2})
    await benefit("coffee", codes=1)
    await benefit("spa", codes=0, exchange={"experience": 5})
    await benefit("hidden", stock_mode="unlimited")
    await task("dine", cumulative("purchase.amount", 100), automatic=False, rewards=[{"benefit": "coffee"}])
    levels = [
        {"rank": 0, "name": "普通", "threshold": 0},
        {"rank": 1, "name": "金卡", "threshold": 500, "gifts": [{"benefit": "lounge"}]},
    ]
    await publish(experience.LEVEL_TABLES, "default", {"name": "等级", "levels": levels})
    await tasks.catalogue.refresh()
    client = await sign_in(await rich())
    page = (await client.get("/benefits")).json()
    by_code = {one["benefit"]: one for one in page["items"]}
    assert (page["experience"], list(by_code), page["next_cursor"]) == (100, ["lounge", "coffee", "spa"], None)
    assert by_code["lounge"]["exchange"] == {"experience": 60, "exchanged": 0, "per_person": 2}
    assert by_code["lounge"]["ways"] == [{"kind": "level", "target": "1", "name": "金卡"}]
    assert by_code["coffee"]["ways"] == [{"kind": "task", "target": "dine", "name": "dine"}]
    assert [by_code[code]["sold_out"] for code in ("lounge", "coffee", "spa")] == [False, False, True]
    assert by_code["coffee"]["supplier"] == "咖啡连锁"
    first = (await client.get("/benefits?limit=2")).json()
    second = (await client.get(f"/benefits?limit=2&cursor={first['next_cursor']}")).json()
    assert [one["benefit"] for one in (*first["items"], *second["items"])] == list(by_code)


async def test_an_exchange_is_made_once_and_a_repeat_gets_it(sign_in: SignIn) -> None:
    await benefit("coffee", codes=5, exchange={"experience": 60})
    client = await sign_in(await rich())
    key = {"Idempotency-Key": "k1"}
    answers = await asyncio.gather(*(client.post("/benefits/coffee/exchanges", headers=key) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    bodies = [one.json() for one in answers]
    assert all(one == bodies[0] for one in bodies)
    assert (bodies[0]["experience"], bodies[0]["grant"]["state"]) == (60, "granted")
    assert "coffee-0" not in answers[0].text
    assert (await client.get("/benefits")).json()["experience"] == 40
    entries = (await client.get("/experience")).json()["items"]
    assert [(one["amount"], one["title"]) for one in entries] == [(-60, "兑换：咖啡券"), (100, "测试")]
    again = await client.post("/benefits/coffee/exchanges", headers={"Idempotency-Key": "k2"})
    assert (again.status_code, again.json()["code"], again.json()["detail"]) == (
        409,
        "experience.insufficient",
        "经验值不足，还差 20",
    )


async def test_who_may_not_exchange_and_what_is_asked_badly(sign_in: SignIn) -> None:
    await benefit("coffee", codes=5, exchange={"experience": 1})
    client = await sign_in(await rich())
    key = {"Idempotency-Key": "k1"}
    assert (await client.post("/benefits/coffee/exchanges")).status_code == 400
    assert (await client.post("/benefits/coffee/exchanges", headers={"Idempotency-Key": "x" * 81})).status_code == 400
    assert (await client.post("/benefits/nowhere/exchanges", headers=key)).status_code == 404
    stranger = await sign_in(await visitor())
    refused = await stranger.post("/benefits/coffee/exchanges", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "customer.not_bound")
    assert await database.fetchval("SELECT count(*) FROM exchange") == 0
    assert benefits.catalogue.live["coffee"].definition.exchange is not None
