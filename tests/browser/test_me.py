"""我的: who is bound, what is agreed to, a copy of everything, and leaving."""

import json
import secrets

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.conftest import Phone
from tests.platform import Platform

pytestmark = pytest.mark.browser
WHO, LAST4, PHONE = "C0000000010", "5511", "13800000010"


async def accessible(phone: Phone) -> None:
    found = await Axe().run(phone.page, options={"resultTypes": ["violations"]})
    bad = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not bad, [(v["id"], [n["target"] for n in v["nodes"]]) for v in bad]


def bind(platform: Platform, openid: str) -> httpx.Client:
    """Somebody's mini-program, bound to the card of `WHO`."""
    base, who = f"{platform.url}/api/v1", {"openid": openid, "app": "mini"}
    code = platform.control("wechat/codes", who)["code"]
    session = httpx.post(f"{base}/sessions", json={"channel": "wechat_mini", "code": code}, trust_env=False).json()
    phone_code = platform.control("wechat/codes", {**who, "phone": PHONE})["code"]
    bound = httpx.post(
        f"{base}/bindings",
        json={"card_last4": LAST4, "phone_code": phone_code},
        headers={"Authorization": f"Bearer {session['token']}"},
        trust_env=False,
    )
    assert bound.status_code == 201, bound.text
    headers = {"Authorization": f"Bearer {bound.json()['token']}"}
    return httpx.Client(base_url=base, headers=headers, trust_env=False)


async def test_a_wechat_is_taken_off_the_card(phone: Phone) -> None:
    page = phone.page
    openid = f"o_{secrets.token_hex(8)}"
    with bind(phone.platform, openid) as mini:
        assert mini.get("/me").json()["bound"] is True
        await phone.sign_in(WHO)
        await page.goto(f"{phone.platform.url}/h5/me")
        shown = f"{openid[:4]}…{openid[-4:]}"
        await expect(page.get_by_text(shown)).to_be_visible()
        await phone.shoot("me-identities")
        await page.get_by_role("button", name=f"解除绑定 微信小程序 {shown}").tap()
        await expect(page.get_by_role("dialog", name="解除微信绑定")).to_be_visible()
        await accessible(phone)
        await page.get_by_role("button", name="确认解绑").tap()
        await expect(page.get_by_text("已解除绑定")).to_be_visible()
        await expect(page.get_by_text(shown)).to_have_count(0)
        assert mini.get("/me").json()["code"] == "session.revoked"


async def test_consents_are_switched_and_say_what_they_change(phone: Phone) -> None:
    page = phone.page
    who = f"C{secrets.randbelow(10**9) + 10**9}"
    await phone.sign_in(who)
    await page.goto(f"{phone.platform.url}/h5/me")
    await page.get_by_role("link", name="隐私与授权").tap()
    await page.wait_for_url("**/h5/privacy")
    picks = page.get_by_role("switch", name="个性化推荐")
    await expect(picks).to_be_checked()
    await phone.shoot("privacy")
    await accessible(phone)
    await page.get_by_role("button", name="查看说明：个性化推荐").tap()
    await expect(page.get_by_text("您只会看到对所有人一样的后续任务")).to_be_visible()
    await page.get_by_role("button", name="关闭").tap()
    await picks.tap()
    await expect(page.get_by_text("已关闭")).to_be_visible()
    messages = page.get_by_role("switch", name="短信营销消息")
    await expect(messages).not_to_be_checked()
    await messages.tap()
    await expect(page.get_by_text("已同意")).to_have_count(2)
    await page.reload()
    await expect(page.get_by_role("switch", name="个性化推荐")).not_to_be_checked()
    await expect(page.get_by_role("switch", name="短信营销消息")).to_be_checked()

    await page.get_by_role("switch", name="隐私政策").tap()
    await expect(page.get_by_role("switch", name="隐私政策")).not_to_be_checked()
    await page.goto(f"{phone.platform.url}/h5/tasks")
    await expect(page.get_by_role("dialog", name="隐私政策")).to_be_visible()
    await page.get_by_role("button", name="暂不同意").tap()
    await page.get_by_role("link", name="查看授权、导出或注销").tap()
    await expect(page.get_by_role("heading", name="导出我的信息")).to_be_visible()


async def test_a_copy_of_everything_is_saved(phone: Phone) -> None:
    page = phone.page
    who = f"C{secrets.randbelow(10**9) + 10**9}"
    await phone.sign_in(who)
    await page.goto(f"{phone.platform.url}/h5/privacy")
    await page.get_by_role("button", name="申请导出").tap()
    link = page.get_by_role("link", name="下载文件")
    await expect(link).to_be_visible()
    async with page.expect_download() as saving:
        await link.tap()
    saved = json.loads((await (await saving.value).path()).read_text())
    assert saved["profile"][0]["customer_no"] == who


async def test_leaving_shows_what_is_lost_and_can_be_taken_back(phone: Phone) -> None:
    page = phone.page
    await phone.sign_in(f"C{secrets.randbelow(10**9) + 10**9}")
    await page.goto(f"{phone.platform.url}/h5/privacy")
    await page.get_by_role("button", name="申请注销").tap()
    sure = page.get_by_role("button", name="确认注销")
    await expect(sure).to_be_disabled()
    await phone.shoot("deletion")
    await accessible(phone)
    await page.get_by_label("请输入“注销”").fill("注销")
    await sure.tap()
    await expect(page.get_by_text("在此之前可以照常使用，也可以随时撤销")).to_be_visible()
    await page.get_by_role("button", name="撤销注销").tap()
    await expect(page.get_by_role("button", name="申请注销")).to_be_visible()
