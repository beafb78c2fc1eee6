"""Every page in every state, light, dark and 大字版 (elder mode): readable, reachable, accessible, and quiet."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Phone
from tests.platform import Platform, eventually

pytestmark = pytest.mark.browser

MODES = ("light", "dark", "elder")
LARGE = "localStorage.setItem('cardquest.large-text', '1')"


@dataclass(frozen=True)
class Owner:
    """Somebody with something on every page."""

    customer_no: str
    coupon_id: str
    loan_id: str


def _tell(platform: Platform, customer_no: str, **event: Any) -> str:
    event_id = secrets.token_hex(8)
    told = {"type": "purchase", "customer_no": customer_no, "event_id": event_id, **event}
    platform.control("card-core/transactions", told)
    return event_id


@pytest.fixture(scope="module")
def owner(platform: Platform) -> Owner:
    """Experience and a level, coupons to use and used, a loan, benefits, messages, and a debt."""
    who = f"C{secrets.randbelow(10**9) + 10**9}"
    with platform.customer(who) as client:
        assert client.post("/tasks/fuel-300/claims").status_code == 201
        assert client.post("/tasks/dining-3/claims").status_code == 201
        assert client.post("/tasks/weekly-shopper/claims").status_code == 201
        _tell(platform, who, amount_fen=30_000, mcc="5541")
        meals = [_tell(platform, who, amount_fen=5_000, mcc="5812") for _ in range(3)]
        [coupon] = eventually(lambda: client.get("/coupons").json()["items"])
        grants = eventually(lambda: client.get("/benefit-grants?state=granted").json()["items"], 30)
        assert client.post(f"/benefit-grants/{grants[0]['grant_id']}/redemption").status_code == 200
        _tell(platform, who, type="refund", amount_fen=5_000, mcc="5812", original_event_id=meals[0])
        eventually(lambda: client.get("/debts").json()["items"], 30)
        for template in ("repay5", "own10"):
            key = {"Idempotency-Key": secrets.token_hex(8)}
            assert client.post(f"/coupon-offers/{template}/claims", headers=key).status_code == 201
        trial = {
            "amount_fen": 1_200_000,
            "periods": 12,
            "method": "equal_instalment",
            "coupon_ids": [coupon["coupon_id"]],
        }
        table = client.post("/loan-trials", json=trial).json()["cost_table"]
        confirmed = {"cost_table_version": table["version"], "cost_table_seconds": table["reading_seconds"]}
        key = {"Idempotency-Key": secrets.token_hex(8)}
        made = client.post("/loans", json={**trial, **confirmed}, headers=key).json()
        eventually(lambda: client.get(f"/loans/{made['loan_id']}").json()["state"] == "disbursed", 30)
        return Owner(who, coupon["coupon_id"], made["loan_id"])


def pages_of(owner: Owner) -> tuple[str, ...]:
    return (
        "tasks",
        "tasks/weekly-shopper",
        "tasks/fuel-300",
        "tasks/explorer",
        "level",
        "coupons",
        f"coupons/{owner.coupon_id}",
        "coupon-offers",
        "loan",
        f"loans/{owner.loan_id}",
        "benefits",
        "mall",
        "messages",
        "me",
        "privacy",
        "nowhere",
    )


async def enter(phone: Phone, owner: Owner, mode: str) -> Page:
    page = phone.page
    await page.emulate_media(color_scheme="dark" if mode == "dark" else "light")
    if mode == "elder":
        await page.add_init_script(LARGE)
    await phone.sign_in(owner.customer_no)
    return page


@pytest.mark.parametrize("mode", MODES)
async def test_every_page_is_accessible(phone: Phone, owner: Owner, mode: str) -> None:
    await enter(phone, owner, mode)
    for name in pages_of(owner):
        await phone.open(name)
        await phone.shoot(f"{mode}-{re.sub(r'/[0-9]+', '-one', name).replace('/', '-')}")
        await phone.accessible(f"{mode} {name}")
        await _nothing_is_cut_off(phone.page, name)


async def _nothing_is_cut_off(page: Page, name: str) -> None:
    cut = await page.evaluate(
        """() => [...document.querySelectorAll('#app *')].filter((one) => {
             const style = getComputedStyle(one)
             if (one.matches('.only-spoken, .filter')) return false
             const clipped = style.overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1
             return clipped && one.textContent.trim()
           }).map((one) => one.className)"""
    )
    assert not cut, f"{name}: {cut}"
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide} px"


SMALL = """() => {
  const shown = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility === 'visible'
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const small = []
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement
    if (!texts.currentNode.data.trim() || !shown(one) || one.closest('.only-spoken, [aria-hidden=true]')) continue
    const size = parseFloat(getComputedStyle(one).fontSize)
    if (size < 18) small.push(`${size}px: ${one.textContent.trim().slice(0, 20)}`)
  }
  for (const one of document.querySelectorAll('a[href], button, input, [role=tab], [role=radio]')) {
    if (!shown(one) || one.closest('[inert]')) continue
    // The whole card opens: its link is as large as the card. A field is as large as its frame.
    const target = one.matches('.open') ? one.closest('article') : (one.closest('label, .van-field, .field') ?? one)
    const { height } = target.getBoundingClientRect()
    if (height < 59.5) small.push(`${Math.round(height)} high: ${(one.ariaLabel || one.textContent || one.tagName).trim()}`)
  }
  return small
}"""


async def test_in_elder_mode_everything_is_large(phone: Phone, owner: Owner) -> None:
    await enter(phone, owner, "elder")
    for name in pages_of(owner):
        if name == "me":
            continue
        await phone.open(name)
        assert await phone.page.evaluate(SMALL) == [], name


@pytest.mark.parametrize("mode", MODES)
async def test_every_shelf_of_the_wallet_tells_its_state_in_words(phone: Phone, owner: Owner, mode: str) -> None:
    page = await enter(phone, owner, mode)
    await phone.open("coupons")
    for shelf, word in (("使用中", "没有正在使用的券"), ("已使用", "已使用"), ("已失效", "没有失效的券")):
        await page.get_by_role("tab", name=shelf).tap()
        await expect(page.get_by_role("tabpanel").get_by_text(word).first).to_be_visible()
        await phone.settled()
        await phone.accessible(f"{mode} {shelf}")
    await page.get_by_role("tab", name="已失效").press("ArrowLeft")
    await expect(page.get_by_role("tab", name="已使用")).to_be_focused()


async def test_debts_are_told_where_the_experience_is(phone: Phone, owner: Owner) -> None:
    page = await enter(phone, owner, "light")
    await phone.open("level")
    section = page.get_by_role("region", name="退款后的奖励追回")
    await expect(section.get_by_text("咖啡兑换券")).to_be_visible()
    await expect(section.get_by_text("以后获得的奖励将先用于抵扣，已抵扣 ¥0.00")).to_be_visible()
    await section.scroll_into_view_if_needed()
    await phone.shoot("debts")


READS = {
    "tasks": "tasks?",
    "tasks/weekly-shopper": "tasks/weekly-shopper",
    "level": "level",
    "coupons": "coupons?",
    "coupon-offers": "coupon-offers",
    "loan": "loan-trials",
    "benefits": "benefit-grants",
    "mall": "benefits?",
    "messages": "messages?",
}
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize("mode", MODES)
async def test_every_page_says_what_went_wrong_and_tries_again(phone: Phone, owner: Owner, mode: str) -> None:
    page = await enter(phone, owner, mode)
    broken = {"status": 503, "code": "queue.full", "detail": "系统繁忙，请稍后再试", "trace_id": TRACE}
    for name, read in READS.items():
        wanted = re.compile(re.escape(f"/api/v1/{read}"))
        await page.route(wanted, lambda route: route.fulfill(status=503, json=broken))
        await page.goto(f"{phone.platform.url}/h5/{name}")
        await expect(page.get_by_role("alert").get_by_text("系统繁忙，请稍后再试")).to_be_visible()
        await expect(page.get_by_text(f"编号 {TRACE}")).to_be_visible()
        await phone.accessible(f"{mode} {name} in trouble")
        await page.unroute(wanted)
        await page.get_by_role("button", name="重试").tap()
        await expect(page.get_by_text("系统繁忙，请稍后再试")).to_have_count(0)
        await phone.settled()
    phone.forgive("503")


async def test_bones_have_the_size_of_what_they_stand_for(phone: Phone, owner: Owner) -> None:
    page = await enter(phone, owner, "light")
    await page.add_init_script(
        """window.shift = 0
           new PerformanceObserver((list) => {
             for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
           }).observe({ type: 'layout-shift', buffered: true })"""
    )
    for name in pages_of(owner):
        await phone.open(name)
        shift = await page.evaluate("window.shift")
        assert shift <= 0.05, f"{name} shifts by {shift:.3f}"
