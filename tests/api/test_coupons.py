"""GET /coupons and /coupons/{id}."""

from collections.abc import AsyncIterator

import pytest

from domain import coupons
from kit import clock, database
from tests.api.room import SignIn, customers_room
from tests.domain.coupons.stage import issue_one, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def sign_in(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


async def test_a_coupon_is_shown_as_the_contract_says(sign_in: SignIn) -> None:
    await publish_template("free7")
    [customer] = await new_customers()
    coupon_id = await issue_one(customer, "free7")
    page = (await (await sign_in(customer)).get("/coupons")).json()
    [item] = page["items"]
    assert page["next_cursor"] is None
    assert item.pop("valid_from") < item.pop("valid_until")
    assert item == {
        "coupon_id": str(coupon_id),
        "template": "free7",
        "name": "7天免息券",
        "kind": "interest_free_days",
        "value": {"days": 7},
        "state": "unused",
        "use_rules": ["免除借款前7天利息", "满1,000元借款可用", "与其他优惠不可叠加"],
    }


async def test_one_coupon_comes_with_its_history(sign_in: SignIn) -> None:
    await publish_template("free7")
    [customer] = await new_customers()
    coupon_id = await issue_one(customer, "free7")
    async with database.transaction() as connection:
        await coupons.void(connection, [coupon_id], "test")
    answer = (await (await sign_in(customer)).get(f"/coupons/{coupon_id}")).json()
    assert answer["state"] == "voided"
    assert [step["state"] for step in answer["history"]] == ["unused", "voided"]


async def test_an_unused_coupon_that_cannot_be_used_yet_says_so(sign_in: SignIn) -> None:
    await publish_template(
        "later", validity={"mode": "fixed", "from": "2098-11-03T00:00:00+08:00", "until": "2099-01-01T00:00:00+08:00"}
    )
    await publish_template("over")
    [customer] = await new_customers()
    await issue_one(customer, "later")
    await issue_one(customer, "over")
    await database.execute("UPDATE coupon SET valid_until = $1 WHERE template = 'over'", clock.now())
    items = (await (await sign_in(customer)).get("/coupons")).json()["items"]
    assert [item["unusable_reason"] for item in items] == ["该券已过期", "2098年11月3日起可用"]


async def test_the_wallet_is_filtered_and_paged(sign_in: SignIn) -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    owned = [await issue_one(customer, "free7") for _ in range(3)]
    client = await sign_in(customer)
    first = (await client.get("/coupons", params={"state": "unused", "limit": 2})).json()
    second = (await client.get("/coupons", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["coupon_id"] for item in first["items"] + second["items"]] == [str(one) for one in owned[::-1]]
    assert (await client.get("/coupons", params={"state": "used"})).json() == {"items": [], "next_cursor": None}
    refused = await client.get("/coupons", params={"state": "lost"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "state")


async def test_another_customers_coupon_is_not_there(sign_in: SignIn) -> None:
    await publish_template("free7")
    owner, stranger = await new_customers(2)
    coupon_id = await issue_one(owner, "free7")
    client = await sign_in(stranger)
    for wanted in (str(coupon_id), "999999", "9223372036854775808", "abc", "-1", "1.5", "%D9%A1"):
        answer = await client.get(f"/coupons/{wanted}")
        assert (answer.status_code, answer.json()["code"]) == (404, "coupon.not_found"), wanted
    assert (await client.get("/coupons")).json()["items"] == []
