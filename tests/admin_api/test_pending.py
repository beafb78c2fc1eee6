"""One list of everything that waits for the operator who asks, whatever kind it is of."""

import base64

import httpx
import pytest

from domain.approvals import APPROVAL_LIMITS, Kind
from domain.operators import Role
from kit import database as db
from tests.admin_api import world
from tests.admin_api.test_access import as_operator
from tests.domain.coupons.stage import publish, publish_template

KEY = {"Idempotency-Key": "k"}


@pytest.fixture(autouse=True)
async def waiting(url: str, kinds: list[Kind]) -> None:
    """Of Shanghai's maker one of each kind, above the limit where it costs anything; of the world one of each more."""
    await world.build(kinds)
    await publish_template("free7", cost_fen=400)
    await publish(APPROVAL_LIMITS, "default", {"budget_fen": 100})
    async with as_operator(url, "asker", [Role.MAKER], "sh-branch") as maker:
        for path, body in (
            ("/customers/sh-customer/compensations", {"coupon": "free7", "reason": "补偿"}),
            ("/coupon-issues", {"template": "free7", "reason": "唤醒", "audience": {"branches": ["sh-branch"]}}),
            ("/exports", {"list": "claims", "reason": "对账"}),
        ):
            assert (await maker.post(path, json=body, headers=KEY)).status_code == 201


async def items(client: httpx.AsyncClient, query: str = "") -> list[dict[str, object]]:
    return list((await client.get(f"/approvals?limit=100{query}")).json()["items"])


async def test_a_checker_finds_lists_beside_configurations(url: str) -> None:
    async with as_operator(url, "checker", [Role.CHECKER], "sh-branch") as checker:
        found = await items(checker)
        made = [(one["kind"], one["name"], one["cost_fen"]) for one in found if one["maker"] == "asker"]
        assert made == [("compensations", "补偿", 400), ("coupon-issues", "唤醒", 400), ("exports", "对账", 0)]
        assert {one["kind"] for one in found} == {"suppliers", "compensations", "coupon-issues", "exports"}
        assert {one["branch"] for one in found} == {"sh-branch", "pd-branch"}
        for one in found:
            assert (one["version"] is None) == (one["kind"] != "suppliers")
            if one["kind"] != "suppliers":  # a kind this room has no routes of
                read = await checker.get(str(one["href"]).removeprefix("/admin/v1"))
                assert (read.status_code, read.json()["content_hash"]) == (200, one["content_hash"])
        only = await items(checker, "&kind=exports")
        assert {one["kind"] for one in only} == {"exports"}
        assert len(only) == 3


async def test_a_page_goes_on_where_the_last_one_ended_over_all_kinds(url: str) -> None:
    async with as_operator(url, "checker", [Role.CHECKER], "HQ") as checker:
        everything = await items(checker)
        assert len(everything) == 15
        paged, cursor = [], ""
        while True:
            page = (await checker.get(f"/approvals?limit=2{cursor}")).json()
            paged += page["items"]
            if page["next_cursor"] is None:
                break
            await db.execute(
                "UPDATE export SET state = 'rejected', checker_id = 99, decided_at = now() WHERE maker_id = 0"
            )
            cursor = f"&cursor={page['next_cursor']}"
        kept = [one["href"] for one in everything if not (one["kind"] == "exports" and one["maker"] == "")]
        seen = [one["href"] for one in paged]
        assert len(seen) == len(set(seen))
        assert [one for one in seen if one in kept] == kept


async def test_a_cursor_nobody_gave_is_refused(url: str) -> None:
    async with as_operator(url, "checker", [Role.CHECKER], "HQ") as checker:
        for said in ("", "1", "1.a.-1", "x.a.1", f"{'9' * 24}.a.1", "1.a.b", f"1.a.{2**63}", "1.\x00.1"):
            answer = await checker.get(
                "/approvals", params={"cursor": base64.urlsafe_b64encode(said.encode()).decode()}
            )
            assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid"), said
        for cursor in ("x", "ä"):
            assert (await checker.get("/approvals", params={"cursor": cursor})).status_code == 400


async def test_nobody_finds_their_own_work_and_a_third_what_was_checked(url: str) -> None:
    async with as_operator(url, "asker", list(Role), "sh-branch") as maker:
        assert {one["maker"] for one in await items(maker)}.isdisjoint({"asker"})
    async with as_operator(url, "everything", list(Role), "sh-branch") as checker:
        for one in await items(checker, "&kind=coupon-issues"):
            if one["maker"] == "asker":
                path = str(one["href"]).removeprefix("/admin/v1")
                body = {"content_hash": one["content_hash"]}
                assert (await checker.post(f"{path}/approve", json=body)).json()["state"] == "checked"
        assert {one["maker"] for one in await items(checker, "&kind=coupon-issues")}.isdisjoint({"asker"})
    async with as_operator(url, "budget", [Role.BUDGET_APPROVER], "sh-branch") as budget:
        [one] = await items(budget)
        assert (one["kind"], one["waits_for"], one["checker"]) == ("coupon-issues", "budget_approver", "everything")
        path, body = f"/coupon-issues/{one['code']}/approve-budget", {"content_hash": one["content_hash"]}
        begun = (await budget.post(path, json=body)).json()
        assert (begun["state"], begun["budget_approved_by"], begun["checked_by"]) == ("running", "budget", "everything")
        again = await budget.post(path, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "coupon_issue.wrong_state")
        assert await items(budget) == []
