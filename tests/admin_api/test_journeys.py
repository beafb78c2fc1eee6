"""What operators see of journeys, over HTTP."""

import httpx
import pytest

from domain import customers
from kit import database as db
from tests.admin_api.conftest import SignIn
from tests.domain.coupons.stage import publish_template
from tests.domain.journeys.stage import END, buys, journey, tell, things, work

STEPS = {
    "ask": {
        "type": "split",
        "branches": [{"name": "支付客户", "when": {"stage": ["payer"]}, "next": "gift"}],
        "otherwise": "wait",
    },
    "gift": {"type": "coupon", "name": "免息券", "coupon": "few", "next": "end", "otherwise": "end"},
    "wait": {"type": "wait_for", "event": "app_login", "timeout": {"days": 2}, "next": "end", "timed_out": "end"},
    "end": END,
}


@pytest.fixture
async def maker(signed_in: SignIn) -> httpx.AsyncClient:
    """Head office's maker; C1 and C2 are payers of branch SH, of whom one got the only coupon; C3 waits."""
    await things()
    await publish_template("few", stock=1)
    await journey(STEPS)
    ids = await customers.ids_of(["C1", "C2", "C3"])
    await db.execute("UPDATE customer SET stage = 'payer', branch = 'SH' WHERE id = ANY($1)", [ids["C1"], ids["C2"]])
    for number in ids:
        await tell(buys(number))
        await work()
    return await signed_in("maker")


async def test_the_report_counts_everybody(maker: httpx.AsyncClient) -> None:
    answer = await maker.get("/journeys/care/report")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["entered"], found["customers"], found["active"], found["ended"], found["goal"]) == (
        3,
        3,
        1,
        {"end": 2},
        0,
    )
    steps = {step["step"]: step for step in found["steps"]}
    assert list(steps) == ["ask", "gift", "wait", "end"]
    assert steps["ask"]["exits"] == [
        {"exit": "otherwise", "code": None, "number": 1},
        {"exit": "支付客户", "code": None, "number": 2},
    ]
    assert steps["gift"]["exits"] == [
        {"exit": "done", "code": None, "number": 1},
        {"exit": "failed", "code": "coupon.out_of_stock", "number": 1},
    ]
    assert (steps["wait"]["standing"], steps["gift"]["title"], steps["gift"]["type"]) == (1, "免息券", "coupon")


async def test_a_branch_counts_its_own(maker: httpx.AsyncClient, signed_in: SignIn) -> None:
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE kind = 'journeys'")
    branch = await signed_in("branch-maker")
    await db.execute("UPDATE customer SET branch = NULL WHERE customer_no = 'C2'")
    found = (await branch.get("/journeys/care/report")).json()
    assert (found["entered"], found["active"]) == (1, 0)
    assert sum(one["number"] for step in found["steps"] for one in step["exits"]) == 3
    assert (await branch.get("/customers/C3/journeys")).status_code == 404


async def test_a_customers_way_can_be_read(maker: httpx.AsyncClient) -> None:
    [run] = (await maker.get("/customers/C2/journeys")).json()["items"]
    assert (run["journey"], run["name"], run["version"], run["state"], run["end_reason"]) == (
        "care",
        "关怀",
        1,
        "ended",
        "end",
    )
    assert [(one["title"], one["why"]) for one in run["path"]] == [
        ("条件分流", "进入分支“支付客户”"),
        ("免息券", "未能办理：券库存不足"),
        ("结束", "旅程结束"),
    ]
    [waiting] = (await maker.get("/customers/C3/journeys")).json()["items"]
    assert (waiting["step"], waiting["waiting_for"], waiting["paused"]) == ("wait", "event:app_login", False)
    assert waiting["due_at"] > waiting["entered_at"]


async def test_a_page_of_ways_goes_on(maker: httpx.AsyncClient) -> None:
    await journey({"end": END}, "other")
    await tell(buys("C1"))
    first = (await maker.get("/customers/C1/journeys", params={"limit": 1})).json()
    assert [one["journey"] for one in first["items"]] == ["other"]
    rest = (await maker.get("/customers/C1/journeys", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert ([one["journey"] for one in rest["items"]], rest["next_cursor"]) == (["care"], None)


async def test_a_preview_says_the_way_and_does_nothing(maker: httpx.AsyncClient) -> None:
    before = await db.fetch("SELECT (SELECT count(*) FROM journey_run), (SELECT count(*) FROM coupon)")
    await customers.ids_of(["C4"])
    payer = (await maker.post("/journeys/care/preview", json={"customer_no": "C1"})).json()
    assert (payer["enters"], payer["version"]) == (False, 1)
    assert [(one["step"], one["exit"], one["assumed"]) for one in payer["path"]] == [
        ("ask", "支付客户", False),
        ("gift", "done", True),
        ("end", "ended", False),
    ]
    other = (await maker.post("/journeys/care/preview", json={"customer_no": "C4"})).json()
    assert other["enters"]
    assert [(one["step"], one["exit"]) for one in other["path"]] == [
        ("ask", "otherwise"),
        ("wait", "timed_out"),
        ("end", "ended"),
    ]
    assert other["path"][2]["at"] > other["path"][0]["at"]
    assert await db.fetch("SELECT (SELECT count(*) FROM journey_run), (SELECT count(*) FROM coupon)") == before
    assert (await maker.post("/journeys/care/preview", json={"customer_no": "C9"})).status_code == 404
    assert (await maker.post("/journeys/none/preview", json={"customer_no": "C1"})).status_code == 404
