"""A phone with WeChat's browser, in a real Chromium; it fails on console errors and on requests to any other host."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.platform import Platform

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN"
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = os.environ.get("SCREENSHOTS")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Said, not silent: without a browser these tests cannot run."""
    if CHROMIUM is None:
        for item in items:
            if "tests/browser" in item.nodeid:
                item.add_marker(pytest.mark.skip(reason="no Chromium found; set CHROMIUM or install one"))


@dataclass
class Phone:
    """One page and all that went wrong on it."""

    page: Page
    platform: Platform
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        own = {urlsplit(self.platform.url).netloc, urlsplit(self.platform.sandbox_url).netloc}
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith("data:") or urlsplit(asked.url).netloc in own
                else self.faults.append(f"asked {asked.url}")
            ),
        )

    async def sign_in(self, customer_no: str, *, agreed: bool = True) -> None:
        """As the bank's app does: the sandbox's link with a fresh ticket. Unless told otherwise the customer has agreed
        to the privacy text before.
        """
        if agreed:
            with self.platform.customer(customer_no) as customer:
                customer.put("/consents/privacy", json={"granted": True})
        await self.page.goto(f"{self.platform.sandbox_url}/bank-app/open?customer_no={customer_no}")
        await self.page.wait_for_url("**/h5/tasks")

    async def shoot(self, name: str) -> None:
        """A screenshot for a person to look at, where one is asked for."""
        if SHOTS is not None:
            await self.page.wait_for_timeout(400)
            await self.page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def phone(browser: Browser, platform: Platform) -> AsyncIterator[Phone]:
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        user_agent=WECHAT,
        locale="zh-CN",
    )
    page = await context.new_page()
    page.set_default_timeout(15_000)
    held = Phone(page, platform)
    held.watch()
    yield held
    await context.close()
    assert not held.faults
