"""What the task page costs a phone on a slow network."""

import time
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, expect

from tests.browser.conftest import WAIT_MS, Phone, new_phone
from tests.platform import Platform

pytestmark = pytest.mark.browser

KILOBYTES, REQUESTS, SHIFT, FIRST_CARD_S = 130, 8, 0.05, 2.0
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER_CPU = 4
# Noted in the page itself: the test's own process may be late.
NOTE = """window.noted = { shift: 0, card: null }
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.noted.shift += entry.value
}).observe({ type: 'layout-shift', buffered: true })
new MutationObserver((_, watching) => {
  if (!document.querySelector('article.task')) return
  watching.disconnect()
  requestAnimationFrame(() => setTimeout(() => { window.noted.card = performance.now() }))
}).observe(document, { childList: true, subtree: true })"""


@dataclass
class Wire:
    """What a page has asked for, and how much of it came over the wire."""

    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def watch(self, network: CDPSession) -> None:
        def asked(told: dict[str, Any]) -> None:
            if told["request"]["url"].startswith("http"):
                self.urls[told["requestId"]] = told["request"]["url"]

        def came(told: dict[str, Any]) -> None:
            self.sizes[told["requestId"]] = self.sizes.get(told["requestId"], 0) + told["encodedDataLength"]

        network.on("Network.requestWillBeSent", asked)
        network.on("Network.responseReceived", lambda told: came({**told, **told["response"]}))
        network.on("Network.dataReceived", came)

    @property
    def kilobytes(self) -> float:
        """Heads and bodies, compressed, also of what is still open."""
        return sum(size for request, size in self.sizes.items() if request in self.urls) / 1000


async def _cold(browser: Browser, platform: Platform, slowness: float) -> tuple[Wire, dict[str, float]]:
    """The task page, signed in but with an empty cache."""
    context = await new_phone(browser)
    page = await context.new_page()
    page.set_default_timeout(WAIT_MS)
    await Phone(page, platform).sign_in("C0000000013")
    await page.goto("about:blank")
    await page.add_init_script(NOTE)
    network, wire = await context.new_cdp_session(page), Wire()
    await network.send("Network.enable")
    await network.send("Network.clearBrowserCache")
    await network.send("Network.emulateNetworkConditions", SLOW)
    await network.send("Emulation.setCPUThrottlingRate", {"rate": slowness})
    wire.watch(network)
    await page.goto(f"{platform.url}/h5/tasks")
    await expect(page.get_by_role("heading", name="加油满300元")).to_be_visible()
    await expect(page.locator(".bone")).to_have_count(0)
    noted = await page.evaluate("window.noted")
    await context.close()
    return wire, noted


def _as_slow_as_a_phone() -> float:
    """How much to slow this machine down now: one where others work too is slower already, by as much as our own work
    has to wait for the CPU.
    """
    wall, cpu, number = time.perf_counter(), time.process_time(), 0
    while time.process_time() - cpu < 0.3:
        number += 1
    waited = (time.perf_counter() - wall) / (time.process_time() - cpu)
    return max(1.0, SLOWER_CPU / waited)


async def test_the_task_page_is_light_and_quick(browser: Browser, platform: Platform) -> None:
    """≤ 130 kB and ≤ 8 requests, cold; shift ≤ 0.05; first card ≤ 2.0 s at 1.6 Mbps, 150 ms, a quarter of the CPU.

    Sizes, requests and shift hold in every run. The time is the median of five. It is the one figure that a busy
    machine can spoil, although the CPU is slowed the less the slower it already is: a median above the goal is
    measured once more, and the second one counts.
    """
    assert await _median(browser, platform) <= FIRST_CARD_S or await _median(browser, platform) <= FIRST_CARD_S


async def _median(browser: Browser, platform: Platform) -> float:
    took = []
    for _ in range(5):
        slowness = _as_slow_as_a_phone()
        wire, noted = await _cold(browser, platform, slowness)
        assert len(wire.urls) <= REQUESTS, sorted(wire.urls.values())
        assert 50 < wire.kilobytes <= KILOBYTES, wire
        assert noted["shift"] <= SHIFT, noted
        took.append(noted["card"] / 1000)
    print(
        f"{len(wire.urls)} requests, {wire.kilobytes:.0f} kB, {noted['shift']:.3f} shift, CPU ÷{slowness:.1f}, {took}"
    )
    return median(took)
