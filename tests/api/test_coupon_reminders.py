"""Reminders of openings over HTTP."""

from datetime import timedelta

import pytest

from domain.messages import MESSAGE_TEMPLATES
from kit import clock
from tests.api.room import customers_room, visitor
from tests.domain.coupons.stage import new_customers, publish, publish_template

pytestmark = pytest.mark.usefixtures("database")


async def test_a_customer_asks_to_be_told_of_an_opening() -> None:
    opens = (clock.now() + timedelta(hours=1)).replace(microsecond=0)
    body = {"name": "开抢", "title": "开抢了", "body": "快来领取"}
    await publish(MESSAGE_TEMPLATES, "opening", body)
    window = {"from": opens.isoformat(), "centre": True}
    await publish_template("free7", issue=window, remind={"opening": "opening"})
    [customer] = await new_customers(1)
    async with customers_room() as sign_in:
        client = await sign_in(customer)
        first = await client.post("/coupon-offers/free7/reminder")
        assert (first.status_code, first.json()["template"]) == (201, "free7")
        assert (await client.post("/coupon-offers/free7/reminder")).status_code == 200
        missing = await client.post("/coupon-offers/nothing/reminder")
        assert (missing.status_code, missing.json()["code"]) == (404, "coupon.not_offered")
        stranger = await sign_in(await visitor())
        refused = await stranger.post("/coupon-offers/free7/reminder")
        assert (refused.status_code, refused.json()["code"]) == (403, "customer.not_bound")
