"""Chains and pools, told over HTTP: a step brings the next one, and what is recommended is there for one customer only."""

import re
import secrets
from typing import Any

import httpx

from tests.platform import ROOT, Platform, eventually


def newcomer(platform: Platform) -> tuple[str, httpx.Client]:
    """A customer nobody has met."""
    customer_no = f"C{secrets.randbelow(10**9) + 10**9}"
    return customer_no, platform.customer(customer_no)


def pay(platform: Platform, customer_no: str, amount_fen: int = 1_000, **more: Any) -> str:
    event_id = secrets.token_hex(8)
    event = {"type": "purchase", "customer_no": customer_no, "amount_fen": amount_fen, "event_id": event_id}
    platform.control("card-core/transactions", {**event, **more})
    return event_id


def test_the_first_step_brings_the_second_and_the_path_tells_where_one_is(platform: Platform) -> None:
    customer_no, client = newcomer(platform)
    with client:
        assert client.get("/tasks/swipe-3").status_code == 404
        assert client.post("/tasks/swipe-3/claims").status_code == 404
        path = client.get("/tasks/swipe-1").json()["path"]
        assert [(one["task"], one["name"], one["state"]) for one in path] == [
            ("swipe-1", "首刷有礼", "now"),
            (None, "三笔达人", "next"),
            (None, "刷卡成习惯", "next"),
        ]
        assert client.post("/tasks/swipe-1/claims").status_code == 201
        pay(platform, customer_no)
        second = eventually(lambda: client.get("/tasks/swipe-3").json().get("claim"))
        assert second["expires_at"] is not None
        assert [one["state"] for one in client.get("/tasks/swipe-3").json()["path"]] == ["done", "now", "next"]
        [message] = client.get("/messages").json()["items"]
        assert (message["title"], message["link"]) == ("下一步：三笔达人", "/tasks/swipe-3")
        for _ in range(3):
            pay(platform, customer_no)
        eventually(lambda: client.get("/tasks/swipe-days").json().get("claim"))


def test_a_pool_recommends_and_a_refund_takes_the_recommendation_back(platform: Platform) -> None:
    customer_no, client = newcomer(platform)
    with client:
        client.post("/tasks/explorer/claims")
        bought = pay(platform, customer_no, 250_000)
        offered = eventually(lambda: [one for one in client.get("/tasks").json()["items"] if one["offered"]], 10)
        assert [one["task"] for one in client.get("/tasks").json()["items"]][: len(offered)] == [
            one["task"] for one in offered
        ]
        [code] = [one["task"] for one in offered]
        assert code in ("dining-500", "travel-1000")
        told = eventually(lambda: client.get("/messages").json()["items"])
        assert [one["link"] for one in told if one["link"] != "/level"] == [f"/tasks/{code}"]
        assert "task.offered" in {one["event"] for one in client.get("/changes", params={"after": 0}).json()["items"]}
        other = "travel-1000" if code == "dining-500" else "dining-500"
        assert client.post(f"/tasks/{other}/claims").status_code == 404
        refund = {"type": "refund", "customer_no": customer_no, "amount_fen": 250_000, "original_event_id": bought}
        platform.control("card-core/transactions", refund)
        eventually(lambda: client.get(f"/tasks/{code}").status_code == 404)
        assert client.post(f"/tasks/{code}/claims").status_code == 404
        assert "task.withdrawn" in {one["event"] for one in client.get("/changes", params={"after": 0}).json()["items"]}


def test_operators_see_the_chains_and_cannot_close_a_circle(platform: Platform) -> None:
    with platform.operator("hq-maker") as maker:
        edges = maker.get("/tasks/swipe-3/graph").json()["edges"]
        assert [(edge["from"], edge["to"]) for edge in edges] == [("swipe-1", "swipe-3"), ("swipe-3", "swipe-days")]
        assert maker.get("/task-graph", params={"format": "svg"}).text.startswith("<svg")
        body = {
            "name": "回到起点",
            "kind": "newcomer",
            "content": {"category": "status", "item": "card.activated", "is": True, "window": "lifetime"},
            "follow_ups": {"mode": "chain", "rules": [{"task": "swipe-1"}]},
        }
        refused = maker.put("/tasks/swipe-days", json=body)
        assert refused.status_code == 422
        [fault] = refused.json()["errors"]
        assert (fault["path"], fault["detail"]) == (
            "follow_ups.rules[0].task",
            "swipe-days → swipe-1 → swipe-3 → swipe-days",
        )


def test_every_task_of_the_guide_is_accepted(platform: Platform) -> None:
    guide = (ROOT / "docs" / "tasks.md").read_text()
    examples = [block for block in re.findall(r"```json\n(.*?)```", guide, re.DOTALL) if block.startswith('{"name"')]
    assert sum('"follow_ups"' in block for block in examples) >= 2
    with platform.operator("hq-maker") as maker:
        for number, block in enumerate(examples):
            answer = maker.put(f"/tasks/guide-{number}", content=block)
            assert answer.status_code in (200, 201), (block, answer.text)
            assert maker.post(f"/tasks/guide-{number}/end").status_code == 200
