"""Coming in: silently inside WeChat, by the bank's app, and what is said to who cannot."""

import re
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from tests.browser.conftest import Phone
from tests.platform import Platform

pytestmark = pytest.mark.browser
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
async def desktop(browser: Browser, platform: Platform) -> AsyncIterator[Phone]:
    """A browser that is not WeChat's."""
    context = await browser.new_context(user_agent=DESKTOP, viewport={"width": 390, "height": 844}, locale="zh-CN")
    held = Phone(await context.new_page(), platform)
    held.watch()
    yield held
    await context.close()
    assert not held.faults


async def accessible(phone: Phone) -> None:
    found = await Axe().run(phone.page, options={"resultTypes": ["violations"]})
    bad = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not bad, [(v["id"], [n["target"] for n in v["nodes"]]) for v in bad]


async def test_inside_wechat_a_page_opens_without_a_tap_after_one_question(phone: Phone) -> None:
    page = phone.page
    visited: list[str] = []
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    _unsigned_is_expected(phone)
    await page.goto(f"{phone.platform.url}/h5/coupons?state=used")
    await expect(page.get_by_role("dialog", name="隐私政策")).to_be_visible()
    assert page.url == f"{phone.platform.url}/h5/coupons?state=used"
    assert await page.evaluate("history.length") <= 3
    await phone.shoot("privacy-sheet")
    await accessible(phone)

    await page.get_by_role("button", name="暂不同意").tap()
    await expect(page.get_by_role("heading", name="使用前，请先阅读隐私政策")).to_be_visible()
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await phone.shoot("privacy-gate")
    await accessible(phone)
    await page.get_by_role("button", name="阅读并决定").tap()
    await page.get_by_role("button", name="同意并继续").tap()
    await expect(page.get_by_role("heading", name="卡券").first).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="卡券").first).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    kept = await page.evaluate("[document.cookie, JSON.stringify(localStorage), performance.getEntries().length]")
    assert "cardquest" not in kept[0]
    assert not [url for url in visited if "code=" in url and "/h5/sign-in" not in url]


async def test_code_and_state_are_out_of_the_address_and_the_history(phone: Phone) -> None:
    page = phone.page
    _unsigned_is_expected(phone)
    held = page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/api/v1/sessions"))
    async with held as sent:
        await page.goto(f"{phone.platform.url}/h5/level")
    request = await sent.value
    assert request.post_data_json["channel"] == "wechat_h5"
    assert "code=" not in request.frame.url
    await expect(page.get_by_role("dialog", name="隐私政策")).to_be_visible()
    await page.go_back()
    assert "code=" not in page.url


async def test_a_snapshot_visitor_is_told_what_to_do_and_not_sent_round(phone: Phone) -> None:
    page = phone.page
    _unsigned_is_expected(phone)
    phone.platform.control("wechat/visitor", {"openid": "o_snapshot", "snapshot": True})
    try:
        await page.goto(f"{phone.platform.url}/h5/tasks")
        await expect(page.get_by_text("没有登录成功")).to_be_visible()
        await expect(page.get_by_role("button", name="用微信重新登录")).to_be_visible()
        await phone.shoot("sign-in-snapshot")
        await accessible(phone)
    finally:
        phone.platform.control("wechat/visitor", {"openid": None})
    await page.get_by_role("button", name="用微信重新登录").tap()
    await expect(page.get_by_role("dialog", name="隐私政策")).to_be_visible()


async def test_a_state_of_another_browser_signs_nobody_in(phone: Phone) -> None:
    page = phone.page
    _unsigned_is_expected(phone)
    code = phone.platform.control("wechat/codes", {"openid": "o_foreign", "app": "h5"})["code"]
    await page.goto(f"{phone.platform.url}/h5/sign-in?code={code}&state=made-up")
    await expect(page.get_by_text("这次登录不是从本页面开始的，请重新进入")).to_be_visible()
    assert "code=" not in page.url


async def test_who_signs_out_inside_wechat_stays_out_until_they_ask(phone: Phone) -> None:
    page = phone.page
    _unsigned_is_expected(phone)
    await page.goto(f"{phone.platform.url}/h5/sign-in?out=1")
    await expect(page.get_by_text("您已安全退出")).to_be_visible()
    await accessible(phone)
    await page.get_by_role("button", name="用微信登录").tap()
    await page.wait_for_url("**/h5/tasks")
    await expect(page.get_by_role("dialog", name="隐私政策")).to_be_visible()


async def test_elsewhere_the_page_says_how_to_enter(desktop: Phone) -> None:
    page = desktop.page
    _unsigned_is_expected(desktop)
    await page.goto(f"{desktop.platform.url}/h5/me")
    await page.wait_for_url(re.compile("/h5/sign-in"))
    await expect(page.get_by_text("请从银行App或微信进入")).to_be_visible()
    await expect(page.get_by_role("button")).to_have_count(0)
    await accessible(desktop)


def _unsigned_is_expected(phone: Phone) -> None:
    """The browser itself writes a console error for every answer that refuses; those of signing in are meant here."""
    refused = re.compile(r"Failed to load resource: .* status of (401|403)")
    phone.faults = _Meant(refused)


class _Meant(list[str]):
    def __init__(self, refused: re.Pattern[str]) -> None:
        super().__init__()
        self._refused = refused

    def append(self, fault: str) -> None:
        if not self._refused.match(fault):
            super().append(fault)
