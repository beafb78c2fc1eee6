"""A loan with several coupons on a phone: chosen, computed, confirmed, borrowed, and cancelled by the bank."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone
from tests.platform import Platform, eventually

WHO = "C0000000014"
pytestmark = pytest.mark.browser


def _gifts(platform: Platform) -> None:
    """Three coupons for whoever signs in for the loan: two that go together, and one for larger loans."""
    platform.put_live("coupon-templates", "large-only", _template("大额免息券", {"min_loan_fen": 9_000_000}))
    platform.put_live(
        "tasks",
        "loan-gifts",
        {
            "name": "借款礼包",
            "kind": "daily",
            "summary": "问卷完成即得",
            "claim": {"mode": "automatic"},
            "content": {"category": "special", "item": "custom.loan_gift.count", "at_least": 1, "window": "lifetime"},
            "rewards": [{"coupon": "repay5"}, {"coupon": "own10"}, {"coupon": "large-only"}],
        },
    )
    platform.control("card-core/transactions", {"type": "custom.loan_gift", "customer_no": WHO})
    with platform.customer(WHO) as client:
        wallet = {"repay5", "own10", "large-only"}
        eventually(lambda: wallet <= {one["template"] for one in client.get("/coupons?state=unused").json()["items"]})


def _template(name: str, use: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "interest_free_days",
        "value": {"days": 7},
        "validity": {"mode": "dynamic", "days": 30},
        "stock": 100,
        "use": use,
    }


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_several_coupons_in_one_loan(phone: Phone, platform: Platform, dark: bool) -> None:
    page, shade = phone.page, "dark" if dark else "light"
    await page.emulate_media(color_scheme="dark" if dark else "light")
    _gifts(platform) if not dark else _once_more(platform)
    await phone.sign_in(WHO)
    await page.goto(f"{platform.url}/h5/loan")
    await page.locator("input[inputmode]").first.fill("12000")
    await page.get_by_role("button", name=re.compile("优惠券")).tap()
    sheet = page.get_by_role("dialog")
    await expect(sheet.get_by_text("借款满90,000元可用").first).to_be_visible()
    await sheet.get_by_role("button", name="5元叠加还款券").first.tap()
    await sheet.get_by_role("button", name="自营借款利息9折券").first.tap()
    await expect(sheet.get_by_text("已选")).to_have_count(2)
    await phone.accessible(f"chooser {shade}")
    await phone.shoot(f"{shade}-loan-coupons")
    await sheet.get_by_role("button", name="使用 2 张").tap()
    await expect(page.get_by_text("已选 2 张")).to_be_visible()
    parts = page.get_by_role("list", name="各券节省")
    await expect(parts.get_by_text("−¥5.00")).to_be_visible()
    await expect(parts.get_by_text("−¥49.83")).to_be_visible()
    await expect(page.get_by_text("−¥54.83").first).to_be_visible()
    await expect(page.get_by_text("18.00%").first).to_be_visible()
    await phone.accessible(f"trial {shade}")
    await phone.shoot(f"{shade}-loan-trial")
    await page.get_by_role("button", name="申请借款").tap()
    confirm = page.get_by_role("button", name="我已阅读并知晓")
    await expect(page.get_by_role("button", name="请阅读")).to_be_disabled()
    await expect(confirm).to_be_enabled(timeout=40_000)
    await confirm.tap()
    await page.wait_for_url(re.compile(r"/h5/loans/\d+"))
    await expect(page.get_by_text("借款成功，已放款")).to_be_visible()
    await expect(page.get_by_text("¥54.83").first).to_be_visible()
    await page.get_by_role("button", name="查看已确认的费用明细").tap()
    await expect(page.get_by_role("dialog").get_by_text("贷款本金")).to_be_visible()
    await expect(page.get_by_role("dialog").get_by_text(re.compile(r"阅读 \d+ 秒"))).to_be_visible()
    await phone.accessible(f"confirmed {shade}")
    await phone.shoot(f"{shade}-loan-confirmed")
    platform.control("card-core/loan-changes", {"customer_no": WHO, "change": "cancel"})
    await page.reload()
    await expect(page.get_by_text("借款已撤销").first).to_be_visible()
    await phone.shoot(f"{shade}-loan-cancelled")
    await page.goto(f"{platform.url}/h5/coupons")
    await page.get_by_role("link", name="5元叠加还款券").first.tap()
    await expect(page.get_by_text("借款已撤销，券已退回").first).to_be_visible()


def _once_more(platform: Platform) -> None:
    """The cancelled loan has given the coupons back."""
    with platform.customer(WHO) as client:
        eventually(lambda: len(client.get("/coupons", params={"state": "unused"}).json()["items"]) >= 3)


async def test_interest_per_day_can_be_chosen_and_is_repaid_early(phone: Phone, platform: Platform) -> None:
    page = phone.page
    await phone.sign_in("C0000000012")
    await page.goto(f"{platform.url}/h5/loan")
    await page.get_by_text("按日计息", exact=True).tap()
    await expect(page.get_by_role("heading", name="试算结果")).to_be_visible()
    await page.get_by_role("button", name="申请借款").tap()
    confirm = page.get_by_role("button", name="我已阅读并知晓")
    await expect(page.get_by_role("dialog").get_by_text("按日计息")).to_be_visible()
    await expect(confirm).to_be_enabled(timeout=40_000)
    await confirm.tap()
    await expect(page.get_by_text("借款成功，已放款")).to_be_visible()
    platform.control("card-core/loan-changes", {"customer_no": "C0000000012", "change": "repay_early"})
    await page.reload()
    await expect(page.get_by_text("已提前还清").first).to_be_visible()
    await expect(page.get_by_role("heading", name="还款计划")).to_be_visible()
