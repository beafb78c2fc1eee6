"""Without a network the pages stay readable, say from when they are, and catch up afterwards."""

import re
import secrets

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone

pytestmark = pytest.mark.browser


def pay(phone: Phone, customer_no: str, amount_fen: int) -> None:
    event = {"type": "purchase", "customer_no": customer_no, "amount_fen": amount_fen, "mcc": "5541"}
    phone.platform.control("card-core/transactions", {**event, "event_id": secrets.token_hex(8)})


async def started(phone: Phone) -> str:
    """Somebody new on the page of a task they have claimed, with the stream open."""
    customer_no = f"C{secrets.randbelow(10**9) + 10**9}"
    await phone.sign_in(customer_no)
    await phone.page.get_by_role("button", name="领取 加油满300元").tap()
    await expect(phone.page.get_by_role("button", name="领取 加油满300元")).to_have_count(0)
    await phone.page.get_by_role("link", name="加油满300元").first.tap()
    await expect(phone.page.get_by_text("实时更新")).to_be_visible()
    return customer_no


async def test_what_was_read_stays_readable_and_is_caught_up(phone: Phone) -> None:
    page = phone.page
    customer_no = await started(phone)
    await page.get_by_role("button", name="返回").tap()
    await page.get_by_role("link", name="等级").last.tap()
    await expect(page.get_by_role("heading", name="等级与权益")).to_be_visible()
    await page.get_by_role("link", name="任务").last.tap()
    await page.get_by_role("link", name="加油满300元").first.tap()

    await page.context.set_offline(True)
    await expect(page.get_by_text(re.compile(r"网络已断开，显示的是 \d+月\d+日 \d\d:\d\d 的内容"))).to_be_visible()
    await phone.shoot("offline")
    await phone.accessible("offline")
    await page.get_by_role("button", name="刷新").tap()
    await expect(page.get_by_text("没有刷新成功")).to_be_visible()
    await page.get_by_role("button", name="返回").tap()
    await page.get_by_role("link", name="等级").last.tap()
    await expect(page.get_by_role("heading", name="等级与权益")).to_be_visible()
    await page.get_by_role("link", name="卡券").last.tap()
    await expect(page.get_by_role("alert").get_by_text("网络不可用")).to_be_visible(timeout=30_000)
    await page.get_by_role("link", name="任务").last.tap()
    await page.get_by_role("link", name="加油满300元").first.tap()
    pay(phone, customer_no, 21_350)

    await page.context.set_offline(False)
    await expect(page.get_by_text("网络已断开")).to_have_count(0)
    await expect(page.get_by_text("213.50")).to_be_visible()
    await expect(page.get_by_text("实时更新")).to_be_visible()
    phone.forgive("ERR_INTERNET_DISCONNECTED")


async def test_a_reloaded_page_shows_what_the_tab_kept_but_not_to_somebody_else(phone: Phone) -> None:
    page = phone.page
    await started(phone)
    await expect(page.get_by_text("0.00 / 300.00 元")).to_be_visible()
    kept = "JSON.stringify(sessionStorage)"
    while "tasks/fuel-300" not in await page.evaluate(kept):
        await page.evaluate("new Promise(requestAnimationFrame)")
    # The pages come from the server, but what they ask for does not get through.
    await page.route("**/api/v1/**", lambda route: route.abort())
    await page.reload()
    await expect(page.get_by_text("0.00 / 300.00 元")).to_be_visible()
    await expect(page.get_by_text("网络已断开，显示的是")).to_be_visible()
    await page.unroute("**/api/v1/**")
    phone.forgive("ERR_FAILED")

    await phone.sign_in("C0000000011")
    await phone.settled()
    assert "tasks/fuel-300" not in await page.evaluate(kept)


async def test_a_wrong_clock_of_the_phone_changes_no_deadline(phone: Phone) -> None:
    page = phone.page
    await page.clock.install(time="2031-03-01T08:00:00+08:00")
    await started(phone)
    await expect(page.get_by_text("剩 29 天").first).to_be_visible()


async def test_a_killed_process_is_caught_up_with(phone: Phone) -> None:
    """The page's own web process dies, something happens, the process comes back: the page hears of it."""
    page, platform = phone.page, phone.platform
    customer_no = await started(phone)
    with platform.another_web("web-of-the-page") as address:
        phone.own.add(address)
        await page.goto(f"{address}/h5/tasks/fuel-300")
        await expect(page.get_by_text("实时更新")).to_be_visible()
        loads = await page.evaluate("performance.timeOrigin")
        platform.kill("web-of-the-page")
        await expect(page.get_by_text("实时更新")).to_have_count(0)
        pay(phone, customer_no, 21_350)
        platform.start_web("web-of-the-page", address)
        await expect(page.get_by_text("213.50")).to_be_visible(timeout=60_000)
        assert await page.evaluate("performance.timeOrigin") == loads, "the page was loaded again"
        await page.goto("about:blank")
    phone.forgive("ERR_CONNECTION_REFUSED")
    phone.forgive("ERR_INCOMPLETE_CHUNKED_ENCODING")
    phone.forgive("ERR_CONNECTION_RESET")
