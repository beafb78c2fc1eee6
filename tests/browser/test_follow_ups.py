"""Chains and pools on the pages: the path moves on while the page stays open, and what is recommended is marked."""

import re
import secrets

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone

pytestmark = pytest.mark.browser


def pay(phone: Phone, customer_no: str, amount_fen: int) -> None:
    event = {"type": "purchase", "customer_no": customer_no, "amount_fen": amount_fen, "event_id": secrets.token_hex(8)}
    phone.platform.control("card-core/transactions", event)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_path_moves_on_and_recommendations_appear(phone: Phone, dark: bool) -> None:
    page, shade = phone.page, "dark" if dark else "light"
    await page.emulate_media(color_scheme="dark" if dark else "light")
    customer_no = f"C{secrets.randbelow(10**9) + 10**9}"
    await phone.sign_in(customer_no)
    await page.goto(f"{phone.platform.url}/h5/tasks/swipe-1")
    path = page.get_by_role("listitem").filter(has_text=re.compile("首刷有礼|三笔达人|刷卡成习惯"))
    await expect(path).to_have_count(3)
    await expect(path.nth(0)).to_contain_text("本任务")
    await page.get_by_role("button", name="领取任务").tap()
    await expect(page.get_by_text("进行中").first).to_be_visible()
    pay(phone, customer_no, 1_000)
    await expect(path.nth(0)).to_contain_text("已完成")
    await expect(path.nth(1).get_by_role("link")).to_contain_text("当前任务")
    await page.get_by_role("heading", name="任务路线").scroll_into_view_if_needed()
    await phone.shoot(f"{shade}-path")
    await phone.accessible()

    await page.goto(f"{phone.platform.url}/h5/tasks")
    await page.get_by_role("button", name="领取 探索5家新商户").tap()
    await expect(page.get_by_role("button", name="领取 探索5家新商户")).to_have_count(0)
    pay(phone, customer_no, 250_000)
    await expect(page.get_by_text("为你推荐")).to_be_visible()
    await page.get_by_text("为你推荐").scroll_into_view_if_needed()
    await phone.shoot(f"{shade}-offered")
    await phone.accessible()
    await page.goto(f"{phone.platform.url}/h5/tasks/explorer")
    await expect(page.get_by_role("listitem").filter(has_text="为你推荐").get_by_role("link")).to_be_visible()
    await page.get_by_role("heading", name="任务路线").scroll_into_view_if_needed()
    await phone.shoot(f"{shade}-pool")
