"""Experience becomes a benefit with a thumb: exchanged, issued by its supplier, shown by a tap, used at the supplier."""

import re
import secrets

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone

pytestmark = pytest.mark.browser
WHO = "C0000000009"


def activate(phone: Phone) -> None:
    """Earns 50 experience."""
    status = {"name": "card.activated", "value": True}
    event = {"type": "status", "customer_no": WHO, "attributes": status, "event_id": secrets.token_hex(8)}
    phone.platform.control("card-core/transactions", event)


async def test_an_exchange_from_the_mall_to_the_suppliers_counter(phone: Phone) -> None:
    page = phone.page
    await phone.sign_in(WHO)
    activate(phone)
    await page.goto(f"{phone.platform.url}/h5/me")
    await expect(page.get_by_text("50", exact=True)).to_be_visible()
    await page.get_by_role("link", name="权益商城").tap()
    await page.wait_for_url("**/h5/mall")
    await expect(page.get_by_label("可用经验").get_by_text("50", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="咖啡兑换券 还差 10 经验")).to_be_disabled()
    await expect(page.get_by_role("link", name="完成任务“餐饮消费3笔”可得")).to_be_visible()
    await phone.shoot("mall")
    await page.get_by_role("button", name="兑换 电影票一张").tap()
    await expect(page.get_by_text("10 经验", exact=True)).to_be_visible()
    await phone.shoot("mall-confirm")
    await page.get_by_role("button", name="确认兑换").tap()
    await expect(page.get_by_label("可用经验").get_by_text("10", exact=True)).to_be_visible()

    await page.get_by_role("link", name="我的权益").first.tap()
    await page.wait_for_url("**/h5/benefits")
    await expect(page.get_by_text("待使用")).to_be_visible()
    await phone.shoot("benefits")
    await page.get_by_role("button", name="立即领用").tap()
    code = page.locator(".code b")
    await expect(code).to_have_text(re.compile(r"DEMO-[0-9A-F]{12}"))
    await expect(page.get_by_text("待核销")).to_be_visible()
    await phone.shoot("benefit-code")
    use = f"{phone.platform.sandbox_url}/control/suppliers/demo-films/usages"
    async with httpx.AsyncClient(trust_env=False) as bank:
        answer = await bank.post(use, json={"code": await code.inner_text()}, timeout=30)
    assert answer.json()["accepted"] == 1, answer.text
    await expect(page.get_by_text("已领用")).to_be_visible()
    await page.goto(f"{phone.platform.url}/h5/level")
    await expect(page.get_by_text("兑换：电影票一张")).to_be_visible()


async def test_a_failed_exchange_gives_the_experience_back_while_the_page_is_open(phone: Phone) -> None:
    page = phone.page
    who = "C0000000010"
    await phone.sign_in(who)
    status = {"name": "card.activated", "value": True}
    told = {"type": "status", "customer_no": who, "attributes": status, "event_id": secrets.token_hex(8)}
    phone.platform.control("card-core/transactions", told)
    phone.platform.control("suppliers/decisions", {"next": "refused"})
    await page.goto(f"{phone.platform.url}/h5/mall")
    await page.get_by_role("button", name="兑换 电影票一张").tap()
    await page.get_by_role("button", name="确认兑换").tap()
    await expect(page.get_by_text("已兑换 电影票一张")).to_be_visible()
    await page.goto(f"{phone.platform.url}/h5/benefits")
    await expect(page.get_by_text("未能发放", exact=True)).to_be_visible()
    await page.goto(f"{phone.platform.url}/h5/mall")
    await expect(page.get_by_label("可用经验").get_by_text("50", exact=True)).to_be_visible()
