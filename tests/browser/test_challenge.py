"""A claim that is held back until the customer has told a code: it goes on by itself then."""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.async_api import Request, expect

from kit import clock
from tests.browser.conftest import Phone
from tests.browser.test_coupon_centre import put_live
from tests.flows.test_wechat_sign_in import code_sent_to
from tests.platform import Platform

pytestmark = pytest.mark.browser
_customers = iter(range(13, 17))
"""Of the demo, whose phones the bank's twin knows: what one has answered would hold for the next."""
WATCHED = {
    "name": "关注客户",
    "actions": ["coupon_claim"],
    "when": {"signal": "watched"},
    "decision": "challenge",
}


@pytest.fixture
def watched(platform: Platform) -> Iterator[str]:
    """A customer who is on the list of those who are asked for a code; nobody is afterwards."""
    customer_no = f"C{next(_customers):010}"
    platform.customer(customer_no).close()  # nobody has heard of them before
    until = clock.local_text(clock.now() + timedelta(days=4000))
    entry = {"list": "watch", "kind": "customer", "value": customer_no, "reason": "r", "until": until}
    with platform.operator("hq-maker") as maker:
        added = maker.post("/risk-lists", json=entry)
        assert added.status_code == 201, added.text
        platform.put_live("risk-rules", "default", {"rules": [WATCHED]})
        yield customer_no
        maker.post(f"/risk-lists/{added.json()['entry_id']}/remove", json={"reason": "r"})
        assert maker.post("/risk-rules/default/end").status_code == 200


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_a_claim_goes_on_when_the_code_was_told(phone: Phone, watched: str, dark: bool) -> None:
    page, code = phone.page, f"asked-{secrets.token_hex(3)}"
    put_live(phone, code, f"验证红包{code}")
    await page.emulate_media(color_scheme="dark" if dark else "light")
    await phone.sign_in(watched)
    await page.goto(f"{phone.platform.url}/h5/coupon-offers")
    claims: list[Request] = []
    page.on("request", lambda one: claims.append(one) if "/claims" in one.url else None)
    card = page.get_by_role("article").filter(has_text=code)
    await card.get_by_role("button", name=f"立即领取 验证红包{code}").tap()

    sheet = page.get_by_role("dialog", name="短信验证")
    await expect(sheet.get_by_role("button", name="验证并继续")).to_be_disabled()
    await sheet.get_by_role("button", name="获取验证码").tap()
    await expect(sheet.get_by_text(re.compile(r"验证码已发送至 1\d\d\*{4}\d{4}"))).to_be_visible()
    await phone.shoot(f"challenge-{'dark' if dark else 'light'}")
    await phone.accessible()
    right = code_sent_to(phone.platform, f"138000000{watched[-2:]}")
    await sheet.get_by_label("验证码").fill(f"{(int(right) + 1) % 10**6:06d}")
    await sheet.get_by_role("button", name="验证并继续").tap()
    await expect(sheet.get_by_text("验证码不正确或已失效")).to_be_visible()
    await sheet.get_by_label("验证码").fill(right)
    for button in await sheet.get_by_role("button").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    await sheet.get_by_role("button", name="验证并继续").tap()
    await expect(card.get_by_text("已领取")).to_be_visible()
    await expect(sheet).to_be_hidden()
    devices = {one.headers["x-device-id"] for one in claims}
    assert (len(claims), len(devices), all(len(device) == 32 for device in devices)) == (2, 1, True)
    # What was refused on the way is told in the console by the browser itself.
    phone.forgive("403")
    phone.forgive("422")


async def test_who_closes_the_sheet_is_told_what_is_missing(phone: Phone, watched: str) -> None:
    page, code = phone.page, f"asked-{secrets.token_hex(3)}"
    put_live(phone, code, f"验证红包{code}")
    await phone.sign_in(watched)
    await page.goto(f"{phone.platform.url}/h5/coupon-offers")
    card = page.get_by_role("article").filter(has_text=code)
    await card.get_by_role("button", name=f"立即领取 验证红包{code}").tap()
    sheet = page.get_by_role("dialog", name="短信验证")
    await sheet.get_by_role("button", name="关闭").tap()
    await expect(sheet).to_be_hidden()
    await expect(page.get_by_text("请先完成短信验证").first).to_be_visible()
    phone.forgive("403")
