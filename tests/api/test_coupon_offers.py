"""GET /coupon-offers and POST /coupon-offers/{template}/claims."""

from collections.abc import AsyncIterator

import pytest

from tests.api.room import SignIn, customers_room, visitor
from tests.domain.coupons.stage import new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")
CENTRE = {"centre": True}


@pytest.fixture
async def sign_in(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


async def test_an_offer_is_shown_as_documented(sign_in: SignIn) -> None:
    await publish_template("free7", issue=CENTRE)
    [customer] = await new_customers()
    page = (await (await sign_in(customer)).get("/coupon-offers")).json()
    assert page == {
        "items": [
            {
                "template": "free7",
                "name": "7天免息券",
                "kind": "interest_free_days",
                "value": {"days": 7},
                "use_rules": ["免除借款前7天利息", "满1,000元借款可用", "与其他优惠不可叠加"],
                "validity": "领取后30天内有效",
                "state": "open",
                "claimable": True,
                "reason": None,
                "left": "plenty",
                "held": 0,
                "per_person": 1,
                "opens_in_seconds": None,
                "reminder": "none",
            }
        ],
        "next_cursor": None,
    }


async def test_offers_are_paged(sign_in: SignIn) -> None:
    for code in ("a", "b", "c"):
        await publish_template(code, issue=CENTRE)
    [customer] = await new_customers()
    client = await sign_in(customer)
    first = (await client.get("/coupon-offers", params={"limit": 2})).json()
    rest = (await client.get("/coupon-offers", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["template"] for one in first["items"] + rest["items"]] == ["c", "b", "a"]
    assert rest["next_cursor"] is None


async def test_a_claim_is_answered_with_the_coupon_and_a_repeat_with_the_same(sign_in: SignIn) -> None:
    await publish_template("free7", issue=CENTRE, per_person=2)
    [customer] = await new_customers()
    client = await sign_in(customer)
    made, again, other, beyond = [
        await client.post("/coupon-offers/free7/claims", headers={"Idempotency-Key": key}) for key in "aabc"
    ]
    assert [one.status_code for one in (made, again, other, beyond)] == [201, 200, 201, 409]
    assert made.json() == again.json() == (await client.get("/coupons")).json()["items"][1]
    assert beyond.json()["code"] == "coupon.personal_cap"
    [offer] = (await client.get("/coupon-offers")).json()["items"]
    assert (offer["state"], offer["claimable"], offer["reason"]) == ("claimed", False, "已达到每人领取上限")


async def test_refusals_have_their_status(sign_in: SignIn) -> None:
    await publish_template("many", issue=CENTRE, per_person=2)
    await publish_template("soon", issue={"centre": True, "from": "2099-01-01T00:00:00+08:00"})
    await publish_template("rare", issue=CENTRE, stock=1)
    [customer, other] = await new_customers(2)
    client = await sign_in(customer)
    assert (await (await sign_in(other)).post("/coupon-offers/rare/claims")).status_code == 201
    for template, headers, status, code in (
        ("many", {}, 400, "request.invalid"),
        ("many", {"Idempotency-Key": "x" * 81}, 400, "request.invalid"),
        ("many", {"Idempotency-Key": ""}, 400, "request.invalid"),
        ("nothing", {}, 404, "coupon.not_offered"),
        ("soon", {}, 422, "coupon.outside_issue_window"),
        ("rare", {}, 409, "coupon.out_of_stock"),
    ):
        answer = await client.post(f"/coupon-offers/{template}/claims", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get("/coupons")).json()["items"] == []


async def test_a_visitor_sees_the_centre_and_is_told_to_bind_first(sign_in: SignIn) -> None:
    await publish_template("free7", issue=CENTRE)
    client = await sign_in(await visitor())
    [offer] = (await client.get("/coupon-offers")).json()["items"]
    assert (offer["state"], offer["claimable"], offer["reason"]) == ("open", False, "请先绑定信用卡，再领取优惠券")
    assert (await client.post("/coupon-offers/free7/claims")).json()["code"] == "customer.not_bound"


async def test_a_full_queue_says_when_to_come_again(database: str) -> None:
    await publish_template("free7", issue=CENTRE)
    [customer] = await new_customers()
    async with customers_room(waiting=0) as sign_in:
        answer = await (await sign_in(customer)).post("/coupon-offers/free7/claims")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "queue.full", "1")
