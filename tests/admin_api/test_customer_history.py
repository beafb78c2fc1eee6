"""What a customer has and had, for those who answer their questions: all of it, in pages, masked."""

from typing import Any

import httpx
import pytest

from domain import coupons, experience
from domain.approvals import Kind
from domain.coupons import IssueOrder
from domain.experience import Earning
from kit import clock
from kit import database as db
from tests.admin_api import world
from tests.admin_api.conftest import SignIn
from tests.domain.coupons.stage import publish_template

ONE = "/customers/sh-customer"


@pytest.fixture
async def client(signed_in: SignIn, kinds: list[Kind]) -> httpx.AsyncClient:
    await world.build(kinds)
    return await signed_in("checker")


async def pages(client: httpx.AsyncClient, thing: str) -> list[dict[str, Any]]:
    """Everything, two at a time."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = await client.get(f"{ONE}/{thing}", params=params)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return items


async def test_everything_is_paged_newest_first(client: httpx.AsyncClient) -> None:
    await publish_template("free7", per_person=3)
    customer_id = await db.fetchval("SELECT id FROM customer WHERE customer_no = 'sh-customer'")
    async with db.transaction() as connection:
        await coupons.issue(connection, [IssueOrder(customer_id, "free7", f"s{n}", "test") for n in range(3)])
        await experience.add(connection, [Earning(customer_id, n, f"s{n}", f"第{n}次") for n in (1, 2, 3)])
    for number in range(3):
        await db.execute(
            """INSERT INTO message (customer_id, version_id, template, title, body, category, dedupe_key, created_at,
                                    change_no)
               SELECT $1, max(id), 'm', '您好', $2::text, 'service', $2::text, $3, 1 FROM configuration""",
            customer_id,
            f"第{number}条，请致电13800001234",
            clock.now(),
        )
    had = await pages(client, "coupons")
    assert [(one["template"], one["name"], one["state"]) for one in had] == [("free7", "7天免息券", "unused")] * 3
    assert [int(one["coupon_id"]) for one in had] == sorted((int(one["coupon_id"]) for one in had), reverse=True)
    assert [(one["title"], one["amount"]) for one in await pages(client, "experience")] == [
        ("第3次", 3),
        ("第2次", 2),
        ("第1次", 1),
    ]
    read = [one["body"] for one in await pages(client, "messages")]
    assert read == [*(f"第{number}条，请致电*******1234" for number in (2, 1, 0)), ""]  # the last is the world's
    [debt] = await pages(client, "debts")
    assert (debt["task"], debt["amount_fen"], debt["state"]) == ("sh-thing", 10, "open")
    assert await pages(client, "benefits") == []


async def test_attributes_of_events_are_masked(client: httpx.AsyncClient) -> None:
    await db.execute(
        """UPDATE event SET attributes = '{"phone": "13800001234", "holder": "王小明", "shop": "壳牌"}'
           WHERE event_id = 'sh-event'"""
    )
    [event] = (await client.get(f"{ONE}/events")).json()["items"]
    assert event["attributes"] == {"phone": "*******1234", "holder": "王**", "shop": "壳牌"}
    assert "ct_sh" not in str(event)
