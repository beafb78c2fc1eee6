"""The coupon centre on a phone: claiming with a nervous thumb, a lost answer, the countdown, and nothing there."""

import json
import re
import secrets
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Request, Route, expect

from kit import clock
from tests.browser.conftest import Phone

pytestmark = pytest.mark.browser


def put_live(phone: Phone, code: str, name: str, **changes: Any) -> None:
    body = {
        "name": name,
        "kind": "red_packet",
        "value": {"amount_fen": 888},
        "issue": {"centre": True},
        "validity": {"mode": "dynamic", "days": 30},
        "stock": 100,
        **changes,
    }
    phone.platform.put_live("coupon-templates", code, body)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_a_nervous_thumb_claims_once(phone: Phone, dark: bool) -> None:
    page, code = phone.page, f"thumb-{secrets.token_hex(3)}"
    put_live(phone, code, f"拇指红包{code}", per_person=2)
    await page.emulate_media(color_scheme="dark" if dark else "light")
    await phone.sign_in(f"C{secrets.randbelow(10**9) + 10**9}")
    await page.goto(f"{phone.platform.url}/h5/coupons")
    await page.get_by_role("link", name=re.compile("领券中心")).first.tap()
    await page.wait_for_url("**/h5/coupon-offers")
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one) if one.method == "POST" else None)

    card = page.get_by_role("article").filter(has_text=code)
    await expect(card.get_by_text("8.88", exact=True)).to_be_visible()
    # Slower than the answer: the second tap meets a button that has been claimed with.
    await card.get_by_role("button", name=f"立即领取 拇指红包{code}").dblclick(delay=120)
    await expect(card.get_by_text("已领 1 / 2 张")).to_be_visible()
    await expect(page.get_by_text("收到一张券").first).to_be_visible()
    await phone.shoot(f"offers-{'dark' if dark else 'light'}")
    await phone.accessible()
    box = await card.get_by_role("button", name="再领一张").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await card.get_by_role("button", name="再领一张").tap()
    await expect(card.get_by_text("已达到每人领取上限")).to_be_visible()
    await expect(card.get_by_text("已领取")).to_be_visible()
    keys = [one.headers["idempotency-key"] for one in asked]
    assert len(keys) == len(set(keys)) == 2


async def test_a_lost_answer_is_asked_for_again_with_the_same_key(phone: Phone) -> None:
    page, code = phone.page, f"lost-{secrets.token_hex(3)}"
    put_live(phone, code, f"断网红包{code}", per_person=5)
    await phone.sign_in(f"C{secrets.randbelow(10**9) + 10**9}")
    await page.goto(f"{phone.platform.url}/h5/coupon-offers")
    keys: list[str] = []

    async def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        answer = await route.fetch()  # the server has done it
        if len(keys) == 1:
            await route.abort("connectionreset")
        else:
            await route.fulfill(response=answer)

    await page.route("**/claims", lose_the_first)
    card = page.get_by_role("article").filter(has_text=code)
    await card.get_by_role("button", name=re.compile("立即领取")).tap()
    await expect(page.get_by_text("还不知道有没有领到")).to_be_visible()
    await page.reload()
    async with page.expect_response("**/claims") as answered:
        await card.get_by_role("button", name=re.compile("再领一张")).tap()
    assert (await answered.value).status == 200, "the coupon it has already"
    await expect(card.get_by_text("已领 1 / 5 张")).to_be_visible()
    await expect(card.get_by_role("button", name=re.compile("再领一张"))).to_be_enabled()
    assert len(keys) == 2
    assert keys[0] == keys[1]
    phone.forgive("ERR_CONNECTION_RESET")


async def test_what_opens_while_one_waits_can_be_claimed_then(phone: Phone) -> None:
    page, code = phone.page, f"soon-{secrets.token_hex(3)}"
    opens = clock.now() + timedelta(hours=1)
    put_live(phone, code, f"准点红包{code}", issue={"centre": True, "from": opens.isoformat()})
    await page.clock.install()
    await phone.sign_in(f"C{secrets.randbelow(10**9) + 10**9}")
    await phone.open("coupon-offers")
    card = page.get_by_role("article").filter(has_text=code)
    await expect(card.get_by_role("timer")).to_have_text(re.compile(r"00:5\d:\d\d"))
    await phone.shoot("offers-countdown")
    with phone.later(hours=1):
        # The server's hour has passed, and now the phone's: the page asks by itself.
        await page.clock.fast_forward("01:00:01")
        await card.get_by_role("button", name=re.compile("立即领取")).tap()
        await expect(card.get_by_text("已达到每人领取上限")).to_be_visible()


async def test_who_asks_to_be_told_is_told_when_it_opens(phone: Phone) -> None:
    page, code = phone.page, f"later-{secrets.token_hex(3)}"
    opens = clock.now() + timedelta(hours=1)
    window = {"centre": True, "from": opens.isoformat()}
    put_live(phone, code, f"提醒红包{code}", issue=window, remind={"opening": "coupon-opening"})
    await phone.sign_in(f"C{secrets.randbelow(10**9) + 10**9}")
    await phone.open("coupon-offers")
    card = page.get_by_role("article").filter(has_text=code)
    await card.get_by_role("button", name=re.compile("开抢提醒")).tap()
    await expect(card.get_by_text("已设提醒")).to_be_visible()
    await phone.shoot("offers-reminder")
    await phone.accessible()
    await phone.open("messages")
    with phone.later(hours=1):
        await expect(page.get_by_role("button", name=f"提醒红包{code}开抢了")).to_be_visible()


async def test_nothing_there_and_no_answer_are_told(phone: Phone) -> None:
    page = phone.page
    await phone.sign_in("C0000000011")
    broken = True

    async def answer(route: Route) -> None:
        if broken:
            await route.fulfill(
                status=503, json={"status": 503, "code": "queue.full", "detail": "系统繁忙，请稍后再试"}
            )
        else:
            await route.fulfill(body=json.dumps({"items": [], "next_cursor": None}), content_type="application/json")

    await page.route("**/api/v1/coupon-offers*", answer)
    await page.goto(f"{phone.platform.url}/h5/coupon-offers")
    await expect(page.get_by_text("系统繁忙，请稍后再试")).to_be_visible()
    broken = False
    await page.get_by_role("button", name="重试").tap()
    await expect(page.get_by_text("暂时没有可领的券")).to_be_visible()
    await phone.accessible()
    phone.forgive("503")
