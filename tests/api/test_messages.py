"""GET /messages and what marks them read."""

from collections.abc import AsyncIterator

import pytest

from domain import customers, messages
from domain.messages import Notice
from kit import database
from tests.api.room import SignIn, customers_room
from tests.domain.coupons.stage import new_customers
from tests.domain.messages.stage import template

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def sign_in(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


async def write(customer_id: int, *keys: str) -> None:
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        said = {"task": "加油", "reward": "券"}
        await messages.prepare(connection, [Notice(customer_id, "done", key, said, "/tasks/fuel") for key in keys])


async def test_the_inbox_in_pages_newest_first_and_read_one_by_one(sign_in: SignIn) -> None:
    await template("done")
    [customer] = await new_customers()
    await write(customer, "a", "b", "c")
    client = await sign_in(customer)
    first = (await client.get("/messages", params={"limit": 2})).json()
    rest = (await client.get("/messages", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    items = first["items"] + rest["items"]
    assert ([first["unread"], len(items), rest["next_cursor"]]) == [3, 3, None]
    assert [int(item["message_id"]) for item in items] == sorted((int(i["message_id"]) for i in items), reverse=True)
    newest = items[0]
    assert newest["created_at"]
    assert newest | {"message_id": "", "created_at": ""} == {
        "message_id": "",
        "title": "加油已完成",
        "body": "您已完成“加油”，奖励：券。",
        "link": "/tasks/fuel",
        "category": "service",
        "created_at": "",
        "read_at": None,
    }
    for _ in range(2):
        assert (await client.post(f"/messages/{newest['message_id']}/read")).status_code == 204
    left = (await client.get("/messages", params={"unread": "true"})).json()
    assert (left["unread"], [item["message_id"] for item in left["items"]]) == (2, [i["message_id"] for i in items[1:]])
    assert (await client.post("/messages/read")).status_code == 204
    assert (await client.get("/messages")).json()["unread"] == 0


async def test_somebody_elses_message_is_not_there(sign_in: SignIn) -> None:
    await template("done")
    one, two = await new_customers(2)
    await write(one, "a")
    [item] = (await (await sign_in(one)).get("/messages")).json()["items"]
    stranger = await sign_in(two)
    assert (await stranger.get("/messages")).json()["items"] == []
    for number in (item["message_id"], "x", "9" * 30):
        answer = await stranger.post(f"/messages/{number}/read")
        assert (answer.status_code, answer.json()["code"]) == (404, "message.not_found")
    assert (await (await sign_in(one)).get("/messages")).json()["unread"] == 1
