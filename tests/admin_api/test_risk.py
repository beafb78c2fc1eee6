"""What operators see of risk, and do about it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain import operators
from domain.operators import HEAD_OFFICE, Role
from kit import clock, database
from tests.admin_api.conftest import PASSWORD, SignIn
from tests.domain.coupons.stage import new_customers
from tests.domain.risk.stage import attempt, decide, live, origin, rule
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]


@pytest.fixture
async def officer(url: str, signed_in: SignIn) -> httpx.AsyncClient:
    """Of head office, with every role."""
    await operators.ensure("officer", "风控", PASSWORD, list(Role), HEAD_OFFICE)
    return await signed_in("officer")


async def somebody(branch: str = "SH") -> tuple[int, str]:
    [customer] = await new_customers()
    await database.execute("UPDATE customer SET branch = $2 WHERE id = $1", customer, branch)
    number: str = await database.fetchval("SELECT customer_no FROM customer WHERE id = $1", customer)
    return customer, number


async def items(client: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_decisions_are_listed_with_their_signals_and_filtered(officer: httpx.AsyncClient) -> None:
    await live(
        rule("deny", "影子", {"signal": "known", "by": "device"}, shadow=True),
        rule("deny", "网段", {"signal": "attempts", "by": "network", "seconds": 60, "at_least": 3}),
    )
    (one, number), (other, _) = await somebody(), await somebody()
    await decide(attempt(one), attempt(other), attempt(one, origin(device=None)))
    found = await items(officer, "/risk-decisions")
    assert [(row["rule"], row["shadow"], row["passed"]) for row in found] == [
        ("网段", False, False),
        ("影子", True, True),
        ("影子", True, True),
    ]
    newest = found[0]
    assert newest["signals"] == {"attempts.network.60": 3}
    assert newest["subjects"].keys() == {"customer", "ip", "network"}
    assert (newest["customer_no"], newest["action"], newest["version"], newest["decision"]) == (
        number,
        "coupon_claim",
        1,
        "deny",
    )

    async def count(**query: Any) -> int:
        return len(await items(officer, "/risk-decisions", **query))

    hour = timedelta(hours=1)
    assert [
        await count(customer_no=number),
        await count(rule="网段"),
        await count(decision="review"),
        await count(shadow="true"),
        await count(until=clock.local_text(clock.now() - hour)),
        await count(**{"from": clock.local_text(clock.now() - hour)}),
    ] == [2, 1, 0, 2, 0, 3]
    first = (await officer.get("/risk-decisions", params={"limit": 2})).json()
    rest = await items(officer, "/risk-decisions", limit=2, cursor=first["next_cursor"])
    assert [*first["items"], *rest] == found


@pytest.mark.usefixtures("officer")
async def test_a_rule_is_summed_up_by_day_with_its_shadow_apart(signed_in: SignIn, time_machine: TimeMachine) -> None:
    await live(rule("deny", "影子", shadow=True), rule("limit", "限流", limit={"at_most": 1, "seconds": 5, "by": "ip"}))
    customer, _ = await somebody()
    await decide(attempt(customer), attempt(customer))
    time_machine(days=1)
    await decide(attempt(customer))
    client = await signed_in("officer")
    answer = await client.get("/risk-summary")
    days = [clock.yesterday().isoformat(), clock.today().isoformat()]
    assert answer.json()["items"] == [
        {
            "rule": "影子",
            "decision": "deny",
            "hits": 0,
            "stopped": 0,
            "shadow_hits": 3,
            "days": [
                {"day": days[0], "hits": 0, "stopped": 0, "shadow_hits": 2},
                {"day": days[1], "hits": 0, "stopped": 0, "shadow_hits": 1},
            ],
        },
        {
            "rule": "限流",
            "decision": "limit",
            "hits": 3,
            "stopped": 1,
            "shadow_hits": 0,
            "days": [
                {"day": days[0], "hits": 2, "stopped": 1, "shadow_hits": 0},
                {"day": days[1], "hits": 1, "stopped": 0, "shadow_hits": 0},
            ],
        },
    ]
    assert await items(client, "/risk-summary", **{"from": "2020-01-01", "until": "2020-02-01"}) == []
    for wrong in ({"from": "2026-11-02", "until": "2026-11-01"}, {"from": "2020-01-01", "until": "2026-11-01"}):
        assert (await client.get("/risk-summary", params=wrong)).status_code == 400


async def test_a_branch_sees_and_decides_what_is_its_customers(officer: httpx.AsyncClient, signed_in: SignIn) -> None:
    await operators.ensure("support", "客服", PASSWORD, [Role.SUPPORT], "SH")
    support = await signed_in("support")
    await live(rule("review", "人工"))
    (mine, number), (theirs, _) = await somebody("SH"), await somebody("BJ")
    assert await decide(attempt(mine), attempt(theirs)) == ["risk.review"] * 2
    assert [row["customer_no"] for row in await items(support, "/risk-decisions")] == [number]
    [waiting] = await items(support, "/risk-reviews", state="waiting")
    assert len(await items(officer, "/risk-reviews")) == 2
    released = await support.post(f"/risk-reviews/{waiting['review_id']}/release", json={"reason": "本人来电"})
    assert released.json() | {"until": "", "decided_at": ""} == {
        **waiting,
        "state": "cleared",
        "decided_by": "support",
        "reason": "本人来电",
        "until": "",
        "decided_at": "",
    }
    again = await support.post(f"/risk-reviews/{waiting['review_id']}/refuse", json={"reason": "r"})
    assert (again.status_code, again.json()["code"]) == (409, "risk.review_decided")
    foreign = next(row for row in await items(officer, "/risk-reviews") if row["customer_no"] != number)
    for verb in ("release", "refuse"):
        answer = await support.post(f"/risk-reviews/{foreign['review_id']}/{verb}", json={"reason": "r"})
        assert (answer.status_code, answer.json()["code"]) == (404, "risk.review_not_found")
    assert await decide(attempt(mine), attempt(theirs)) == [None, "risk.review"]


async def test_lists_are_kept_by_head_office_and_show_no_device(officer: httpx.AsyncClient, signed_in: SignIn) -> None:
    later = clock.local_text(clock.now() + timedelta(days=9))
    new = {"list": "watch", "kind": "device", "value": "a-device-of-theirs", "reason": "刷单", "until": later}
    added = await officer.post("/risk-lists", json=new)
    assert added.status_code == 201
    assert (await officer.post("/risk-lists", json={**new, "reason": "仍在刷"})).status_code == 200
    [entry] = await items(officer, "/risk-lists", list="watch", kind="device")
    assert (entry["label"], entry["reason"], entry["added_by"], entry["until"]) == (
        "a-de…eirs",
        "仍在刷",
        "officer",
        later,
    )
    assert "a-device-of-theirs" not in str(await database.fetch("SELECT * FROM risk_list_entry"))
    assert await items(officer, "/risk-lists", list="deny") == []
    removed = await officer.post(f"/risk-lists/{entry['entry_id']}/remove", json={"reason": "误伤"})
    assert (removed.status_code, await items(officer, "/risk-lists")) == (204, [])
    gone = await officer.post(f"/risk-lists/{entry['entry_id']}/remove", json={"reason": "误伤"})
    assert (gone.status_code, gone.json()["code"]) == (404, "risk_list.not_found")
    impossible = await officer.post("/risk-lists", json={**new, "kind": "ip"})
    assert (impossible.status_code, impossible.json()["errors"][0]["path"]) == (422, "value")
    branch = await signed_in("branch-maker")
    assert (await branch.post("/risk-lists", json=new)).json()["code"] == "operator.head_office_only"
