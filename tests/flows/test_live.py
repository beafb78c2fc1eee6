"""Open pages hear of what happens, and miss nothing over a lost connection."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import httpx

from tests.platform import Platform, eventually


def heard(lines: Iterator[str], kind: str) -> tuple[int, dict[str, Any]]:
    """The next event of this kind: its id and data."""
    event: dict[str, str] = {}
    for line in lines:
        if not line and event.get("event") == kind:
            return int(event["id"]), json.loads(event["data"])
        if not line:
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
    raise AssertionError("the stream ended")


def pay(platform: Platform, customer_no: str, amount_fen: int) -> None:
    event = {"type": "purchase", "customer_no": customer_no, "amount_fen": amount_fen, "mcc": "5541"}
    platform.control("card-core/transactions", event)


def test_the_stream_tells_progress_completion_and_coupon_and_resumes(platform: Platform) -> None:
    customer_no = f"C{secrets.randbelow(10**9) + 10**9}"
    with platform.customer(customer_no) as client:
        client.post("/tasks/fuel-300/claims")
        with client.stream("GET", "/stream") as stream:
            lines = stream.iter_lines()
            pay(platform, customer_no, 10_000)
            last, data = heard(lines, "task.progress")
            assert data["task"] == "fuel-300"
        # While nobody listens, the task is completed and rewarded.
        pay(platform, customer_no, 20_000)
        eventually(lambda: client.get("/coupons").json()["items"])
        with client.stream("GET", "/stream", headers={"Last-Event-ID": str(last)}) as stream:
            issued, coupon = heard(stream.iter_lines(), "coupon.issued")
            assert coupon["template"] == "free7"
            assert issued > last
        changes = client.get("/changes", params={"after": last}).json()
        assert {"task.rewarded", "coupon.issued", "experience.changed"} <= {one["event"] for one in changes["items"]}
        assert client.get("/changes", params={"after": changes["last"]}).json()["items"] == []


def test_the_stream_ends_when_the_session_does(platform: Platform) -> None:
    with platform.customer("C0000000008") as client, client.stream("GET", "/stream") as stream:
        lines = stream.iter_lines()
        next(lines)
        with httpx.Client(base_url=client.base_url, headers=client.headers, trust_env=False) as other:
            assert other.delete("/sessions/current").status_code == 204
        # The heartbeat comes every ten seconds, and asks again who is listening.
        assert sum(1 for _ in lines) < 20
