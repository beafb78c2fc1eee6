"""Open pages over several web processes, one of them killed while events flow: exactly what happened, in order."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.platform import Platform, eventually

COUPONS = 60


class Listener(threading.Thread):
    """A browser's side: reads a stream, and when it is lost comes back to the next address with its last number."""

    def __init__(self, addresses: list[str], headers: dict[str, str], after: str) -> None:
        super().__init__(daemon=True)
        self.heard: list[tuple[int, str, str]] = []
        self.lost = 0
        self.opened = threading.Event()
        self._addresses, self._headers, self._last = addresses, headers, after
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            address = self._addresses[self.lost % len(self._addresses)]
            with suppress(httpx.HTTPError):
                self._listen(f"{address}/api/v1/stream")
            self.lost += 1
            self._stopped.wait(0.1)

    def stop(self) -> None:
        """After the next thing it hears."""
        self._stopped.set()

    def _listen(self, url: str) -> None:
        headers = {**self._headers, "Last-Event-ID": self._last}
        timeout = httpx.Timeout(20, read=30)
        with httpx.stream("GET", url, headers=headers, timeout=timeout, trust_env=False) as answer:
            for event in _events(answer.iter_lines()):
                self.opened.set()
                self._last = event.get("id", self._last)
                if event["event"] != "heartbeat":
                    data = json.loads(event["data"])
                    self.heard.append((int(self._last), event["event"], data.get("coupon_id", "")))
                if self._stopped.is_set():
                    return

    @property
    def coupons(self) -> list[str]:
        return [coupon for _, event, coupon in list(self.heard) if event == "coupon.issued"]


def _events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        else:
            if "data" in event:
                yield event
            event = {}


def claim(addresses: list[str], headers: dict[str, str], template: str) -> str:
    """One coupon; while nobody answers, the same request goes to the next process."""
    key = {"Idempotency-Key": secrets.token_hex(8)}
    for turn in range(100):
        url = f"{addresses[turn % len(addresses)]}/api/v1/coupon-offers/{template}/claims"
        with suppress(httpx.TransportError):
            answer = httpx.post(url, headers={**headers, **key}, timeout=20, trust_env=False)
            assert answer.status_code in (200, 201), answer.text
            coupon_id: str = answer.json()["coupon_id"]
            return coupon_id
    raise AssertionError("nobody answers")


def polled(client: httpx.Client, after: str) -> list[tuple[int, str, str]]:
    """The same, by asking."""
    found: list[tuple[int, str, str]] = []
    while items := (answer := client.get("/changes", params={"after": after}).json())["items"]:
        found += [(int(one["id"]), one["event"], one["data"].get("coupon_id", "")) for one in items]
        after = answer["last"]
    return found


@pytest.mark.parametrize("dies", ["the listeners' process", "the writers' process"])
def test_what_is_heard_is_what_happened(platform: Platform, dies: str) -> None:
    template = f"live-{secrets.token_hex(3)}"
    platform.put_live(
        "coupon-templates",
        template,
        {
            "name": "直播券",
            "kind": "red_packet",
            "value": {"amount_fen": 100},
            "issue": {"centre": True},
            "validity": {"mode": "dynamic", "days": 30},
            "stock": 1000,
            "per_person": COUPONS,
        },
    )
    customer_no = f"C{secrets.randbelow(10**9) + 10**9}"
    with platform.another_web("web-to-kill") as mortal, platform.customer(customer_no) as client:
        headers = {"Authorization": client.headers["Authorization"]}
        begin = client.get("/changes").json()["last"]
        here, there = [mortal, platform.url], [platform.url]
        listening, writing = (here, there) if dies == "the listeners' process" else (there, here)
        listener = Listener(listening, headers, begin)
        listener.start()
        assert listener.opened.wait(30)
        made: list[str] = []
        for number in range(COUPONS):
            made.append(claim(writing, headers, template))
            if number == COUPONS // 3:
                eventually(lambda: listener.coupons, 30)
                platform.kill("web-to-kill")
        eventually(lambda: len(listener.coupons) >= COUPONS, 60)
        assert listener.coupons == made
        assert listener.heard == polled(client, begin)
        numbers = [number for number, _, _ in listener.heard]
        assert numbers == sorted(set(numbers))
        assert listener.lost >= (dies == "the listeners' process")
        listener.stop()
