"""Why has my task not moved? Asked on the task's page, with a thumb."""

import secrets
from typing import Any

import pytest
from playwright.async_api import Request, expect

from tests.browser.conftest import Phone

pytestmark = pytest.mark.browser


def tell(phone: Phone, customer_no: str, *happened: dict[str, Any]) -> None:
    fuel = {"type": "purchase", "mcc": "5541", "merchant": {"id": "M1", "name": "壳牌"}}
    told = [{**fuel, "customer_no": customer_no, "event_id": secrets.token_hex(8), **one} for one in happened]
    phone.platform.control("card-core/transactions", {"events": told})


async def claimed(phone: Phone) -> str:
    """Somebody new who has claimed the task and looks at its page."""
    customer_no = f"C{secrets.randbelow(10**9) + 10**9}"
    await phone.sign_in(customer_no)
    await phone.page.get_by_role("button", name="领取 加油满300元").tap()
    await expect(phone.page.get_by_role("button", name="领取 加油满300元")).to_have_count(0)
    await phone.page.goto(f"{phone.platform.url}/h5/tasks/fuel-300")
    return customer_no


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_task_page_says_why_there_is_no_progress(phone: Phone, dark: bool) -> None:
    page = phone.page
    await page.emulate_media(color_scheme="dark" if dark else "light")
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/explanation"):
            asked.append(request.url)

    page.on("request", note)
    customer_no = await claimed(phone)
    why = page.get_by_role("button", name="为什么没有进度？")
    await expect(why).to_have_attribute("aria-expanded", "false")
    assert asked == []
    await why.tap()
    sheet = page.get_by_role("dialog", name="为什么没有进度？")
    await expect(sheet.get_by_text("还没有查到相关记录")).to_be_visible()
    await expect(sheet.get_by_text("消费还差 300.00 元")).to_be_visible()
    assert len(asked) == 1, "it is asked for by the tap, and once"

    # What happens while the sheet is open is told at once.
    name = secrets.token_hex(8)
    tell(
        phone,
        customer_no,
        {"amount_fen": 21_350, "event_id": name},
        *({"amount_fen": 8_000, "mcc": "5812", "merchant": {"id": "M2", "name": "小馆"}} for _ in range(12)),
        {"amount_fen": 1_350, "type": "refund", "original_event_id": name},
        {"amount_fen": 1_200, "type": "refund", "original_event_id": "of-another-bank"},
    )
    await expect(sheet.get_by_text("消费还差 112.00 元")).to_be_visible()
    await expect(sheet.get_by_text("部分退款，按 200.00 元计入")).to_be_visible()
    await expect(sheet.get_by_text("的消费未计入：商户类别不符")).to_have_count(10)
    await expect(sheet.get_by_text("退款 12.00 元已从进度中扣除")).to_have_count(1)
    await phone.shoot(f"explanation-{'dark' if dark else 'light'}")
    await phone.accessible()

    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(why).to_be_focused()
    await phone.shoot(f"task-{'dark' if dark else 'light'}")
    await phone.accessible()


async def test_a_failure_is_said_and_tried_again(phone: Phone) -> None:
    page = phone.page
    await claimed(phone)
    await page.route("**/explanation", lambda route: route.abort())
    await page.get_by_role("button", name="为什么没有进度？").tap()
    sheet = page.get_by_role("dialog")
    await expect(sheet.get_by_role("alert")).to_contain_text("网络不可用")
    await page.unroute("**/explanation")
    await sheet.get_by_role("button", name="重试").tap()
    await expect(sheet.get_by_text("消费还差 300.00 元")).to_be_visible()
    assert all("ERR_FAILED" in fault for fault in phone.faults)
    phone.faults.clear()
