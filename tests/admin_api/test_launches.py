"""What belongs to a campaign and its checklist, over HTTP."""

from domain import customers
from domain.campaigns import CAMPAIGNS
from tests.admin_api.conftest import SignIn
from tests.domain.coupons.stage import publish, publish_template


async def test_contents_and_checklist(signed_in: SignIn) -> None:
    maker = await signed_in("maker")
    await customers.ids_of(["C1"])
    body = {"name": "秋日", "type": "use", "rules": "规则", "trial": {"customers": ["C1"]}}
    await publish(CAMPAIGNS, "autumn", body)
    await publish_template("free7", campaign="autumn", stock=10, cost_fen=100)
    contents = (await maker.get("/campaigns/autumn/contents")).json()
    assert (contents["campaign"]["code"], contents["campaign"]["state"]) == ("autumn", "live")
    [item] = contents["items"]
    assert item.pop("content_hash")
    assert item == {
        "kind": "coupon-templates",
        "code": "free7",
        "name": "7天免息券",
        "version": 1,
        "state": "live",
        "cost_fen": 1_000,
    }
    found = (await maker.get("/campaigns/autumn/checklist")).json()
    assert (found["version"], found["ready"]) == (1, False)
    [failed] = [one for one in found["items"] if one["status"] == "fail"]
    assert failed == {
        "check": "rate",
        "status": "fail",
        "path": "rules",
        "text": "活动推广借款（7天免息券），活动规则必须写明年化利率",
    }


async def test_no_other_campaign_is_there(signed_in: SignIn) -> None:
    maker, branch = await signed_in("maker"), await signed_in("branch-maker")
    await publish(CAMPAIGNS, "autumn", {"name": "秋日", "type": "use"})
    for who, code in ((maker, "winter"), (branch, "autumn")):
        for what in ("contents", "checklist"):
            answer = await who.get(f"/campaigns/{code}/{what}")
            assert (answer.status_code, answer.json()["code"]) == (404, "configuration.not_found")
