"""A phone with WeChat's browser, in a real Chromium; it fails on console errors and on requests to any other host."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

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
WAIT_MS = 20_000
"""Long enough for a machine that does three other things: waiting ends with what is waited for."""
expect.set_options(timeout=WAIT_MS)


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

    own: set[str] = field(default_factory=set)

    def hosts(self) -> set[str]:
        """Whom a page may ask: the platform, the bank, and what a test has added to `own`."""
        return {urlsplit(url).netloc for url in (self.platform.url, self.platform.sandbox_url, *self.own)}

    def watch(self) -> None:
        """Note what goes wrong from now on."""
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith("data:") or urlsplit(asked.url).netloc in self.hosts()
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

    async def open(self, path: str) -> None:
        """A page of ours, with all that it reads."""
        await self.page.goto(f"{self.platform.url}/h5/{path}")
        await self.settled()

    async def settled(self) -> None:
        """The page is there, and waits for nothing."""
        await expect(self.page.locator("h1")).to_be_visible()
        await expect(self.page.locator(".bone")).to_have_count(0)

    async def accessible(self, what: str = "") -> None:
        """Nothing serious for whoever sees, hears or moves otherwise."""
        found = await Axe().run(self.page, options={"resultTypes": ["violations"]})
        bad = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not bad, f"{what}: {[(v['id'], [n['target'] for n in v['nodes']]) for v in bad]}"

    @contextmanager
    def later(self, hours: float) -> Iterator[None]:
        """The platform's clock is so much ahead for as long as the block lasts."""
        self.platform.control("clock", {"advance_seconds": hours * 3600})
        try:
            yield
        finally:
            self.platform.control("clock", {"advance_seconds": -hours * 3600})

    def forgive(self, word: str) -> None:
        """What the test itself has broken is no fault of the page."""
        self.faults = [fault for fault in self.faults if word not in fault]

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


async def new_phone(browser: Browser) -> BrowserContext:
    """Nothing moves by itself: a check in the middle of an animation would see what nobody sees."""
    return await browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        user_agent=WECHAT,
        locale="zh-CN",
        reduced_motion="reduce",
    )


@pytest.fixture
async def phone(browser: Browser, platform: Platform) -> AsyncIterator[Phone]:
    context = await new_phone(browser)
    page = await context.new_page()
    page.set_default_timeout(WAIT_MS)
    held = Phone(page, platform)
    held.watch()
    yield held
    await context.close()
    assert not held.faults
