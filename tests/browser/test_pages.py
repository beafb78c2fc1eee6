"""The main job on the pages, with a thumb: everything moves while the page stays open."""

import re
import secrets

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone

pytestmark = pytest.mark.browser


def pay(phone: Phone, customer_no: str, amount_fen: int) -> None:
    event = {"type": "purchase", "customer_no": customer_no, "amount_fen": amount_fen, "mcc": "5541"}
    phone.platform.control("card-core/transactions", {**event, "event_id": secrets.token_hex(8)})


async def test_the_main_story_on_the_pages(phone: Phone) -> None:
    page = phone.page
    await phone.sign_in("C0000000012")
    assert "ticket" not in page.url
    await expect(page.get_by_role("heading", name="加油满300元")).to_be_visible()
    await phone.shoot("tasks")

    await page.get_by_role("button", name="领取 加油满300元").tap()
    # Only what is paid after the claim counts.
    await expect(page.get_by_role("button", name="领取 加油满300元")).to_have_count(0)
    await page.get_by_role("link", name="加油满300元").first.tap()
    await page.wait_for_url("**/h5/tasks/fuel-300")
    await expect(page.get_by_text("领取后加油站、自助加油消费满300元")).to_be_visible()

    loads = await page.evaluate("performance.timeOrigin")
    pay(phone, "C0000000012", 21_350)
    await expect(page.get_by_text("213.50")).to_be_visible()
    await phone.shoot("task")
    pay(phone, "C0000000012", 8_650)
    await expect(page.get_by_text("奖励已到账").first).to_be_visible()
    assert await page.evaluate("performance.timeOrigin") == loads, "the page was loaded again"

    await page.goto(f"{phone.platform.url}/h5/me")
    await expect(page.get_by_role("link", name="消息 2 条未读")).to_be_visible()
    await phone.shoot("me-unread")
    await page.get_by_role("link", name="消息").tap()
    await page.wait_for_url("**/h5/messages")
    await phone.shoot("messages")
    await page.get_by_role("button", name="您已升至银卡会员").tap()
    await page.wait_for_url("**/h5/level")
    await page.go_back()
    await page.get_by_role("button", name="奖励已到账").tap()
    await page.wait_for_url("**/h5/tasks/fuel-300")
    await page.go_back()
    await expect(page.get_by_text("条未读")).to_have_count(0)

    await page.goto(f"{phone.platform.url}/h5/level")
    await expect(page.get_by_text("银卡会员").first).to_be_visible()
    await phone.shoot("level")

    await page.goto(f"{phone.platform.url}/h5/coupons")
    await page.get_by_role("link", name=re.compile("7天免息券")).first.tap()
    await page.wait_for_url(re.compile(r"/h5/coupons/\d+"))
    await phone.shoot("coupon")
    await page.get_by_role("link", name=re.compile("借款试算")).tap()
    await page.wait_for_url("**/h5/loan*")
    await _borrow(phone)


async def _borrow(phone: Phone) -> None:
    page = phone.page
    await page.locator("input[inputmode]").first.fill("12000")
    await page.get_by_text("12 期", exact=True).tap()
    await expect(page.get_by_text("用券节省")).to_be_visible()
    await expect(page.get_by_text("1,100.16").first).to_be_visible()
    await phone.shoot("loan")
    await page.get_by_role("button", name="申请借款").tap()
    confirm = page.get_by_role("button", name="我已阅读并知晓")
    await expect(page.get_by_role("button", name="请阅读")).to_be_disabled()
    await phone.shoot("cost-table")
    await expect(confirm).to_be_enabled(timeout=20_000)
    await confirm.tap()
    await page.wait_for_url(re.compile(r"/h5/loans/\d+"))
    await expect(page.get_by_text(re.compile("放款成功|已放款|借款成功")).first).to_be_visible()
    await phone.shoot("loan-result")


async def test_without_a_session_the_way_in_is_explained(phone: Phone) -> None:
    await phone.page.goto(f"{phone.platform.url}/h5/sign-in?out=1")
    await expect(phone.page.get_by_text(re.compile("银行.*App")).first).to_be_visible()
    await phone.shoot("sign-in")


async def test_the_reader_of_the_api_asks_no_other_host(phone: Phone) -> None:
    await phone.page.goto(f"{phone.platform.url}/docs")
    await expect(phone.page.get_by_text("/api/v1/tasks").first).to_be_visible()
    await phone.shoot("docs")
