"""What operators read of budgets: everything at head office, its share in a branch."""

import httpx
import pytest

from domain import campaigns
from domain.campaigns import Cost
from kit import clock
from tests.admin_api.conftest import SignIn
from tests.domain.campaigns.stage import campaign, commit, customer, reserve

pytestmark = pytest.mark.usefixtures("database")


async def spend() -> None:
    """300 reserved and 200 committed in Shanghai, 50 reserved by head office."""
    await campaign(2_000, daily_fen=600, branches={"SH": 500, "BJ": 500}, branch_daily_fen={"SH": 500})
    shanghai, other = await customer("SH"), await customer()
    await reserve(
        Cost("autumn", shanghai, 300, "a"), Cost("autumn", shanghai, 200, "b"), Cost("autumn", other, 50, "c")
    )
    await commit("b")
    await campaigns.watch()


def pot(branch: str | None, ceiling: int, daily: int | None, reserved: int, committed: int) -> dict[str, object]:
    return {
        "ceiling_fen": ceiling,
        "reserved_fen": reserved,
        "committed_fen": committed,
        "left_fen": ceiling - reserved - committed,
        "branch": branch,
        "daily_fen": daily,
    }


async def test_head_office_sees_every_pot_day_and_warning(signed_in: SignIn) -> None:
    await spend()
    client = await signed_in("checker")
    found = (await client.get("/campaigns/autumn/budget")).json()
    assert (found["campaign"], found["warn_at"]) == ("autumn", 80)
    assert found["pots"] == [
        pot(None, 2_000, 600, 350, 200),
        pot("BJ", 500, None, 0, 0),
        pot("HQ", 1_000, None, 50, 0),
        pot("SH", 500, 500, 300, 200),
    ]
    today = clock.today().isoformat()
    assert [(one["day"], one["branch"], one["ceiling_fen"], one["left_fen"]) for one in found["days"]] == [
        (today, None, 600, 50),
        (today, "HQ", None, None),
        (today, "SH", 500, 0),
    ]
    warned = {(one["branch"], one["day"], one["used"], one["ceiling"]) for one in found["warnings"]}
    assert warned == {("SH", None, 500, 500), ("SH", today, 500, 500), (None, today, 550, 600)}


async def test_a_branch_sees_its_share_and_nothing_else(signed_in: SignIn) -> None:
    await spend()
    client = await signed_in("branch-maker")
    found = (await client.get("/campaigns/autumn/budget")).json()
    assert {one["branch"] for one in found["pots"] + found["days"] + found["warnings"]} == {"SH"}
    page = (await client.get("/warnings", params={"standing": "true"})).json()
    assert [one["branch"] for one in page["items"]] == ["SH", "SH"]
    await campaign(100, "elsewhere", branches={"BJ": 50})
    for code in ("elsewhere", "never"):
        assert (await client.get(f"/campaigns/{code}/budget")).status_code == 404


async def test_warnings_come_in_pages_newest_first(signed_in: SignIn) -> None:
    await spend()
    client = await signed_in("checker")
    first = (await client.get("/warnings", params={"limit": 2})).json()
    rest = (await client.get("/warnings", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    ids = [int(one["warning_id"]) for one in first["items"] + rest["items"]]
    assert (len(ids), ids, rest["next_cursor"]) == (3, sorted(ids, reverse=True), None)
    assert {one["subject"] for one in first["items"]} == {"budget"}
    assert (await client.get("/warnings", params={"standing": "false"})).json()["items"] == []
    assert (await client.get("/warnings", params={"standing": "perhaps"})).status_code == 400


async def test_a_campaign_without_a_budget_has_none_to_show(signed_in: SignIn, anonymous: httpx.AsyncClient) -> None:
    await campaign(None)
    client = await signed_in("checker")
    missing = await client.get("/campaigns/autumn/budget")
    assert (missing.status_code, missing.json()["code"]) == (404, "budget.not_found")
    assert (await anonymous.get("/campaigns/autumn/budget")).status_code == 401
