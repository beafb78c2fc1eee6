"""Forecasts as operators ask for them over HTTP, and the funnel they are held against later."""

import io
from typing import Any

from openpyxl import load_workbook

from domain import customers, simulation, statistics
from kit import clock, sheets
from kit import database as db
from tests.admin_api.conftest import SignIn
from tests.domain.campaigns.stage import campaign
from tests.domain.coupons.stage import publish_template
from tests.domain.simulation.stage import draft, happened
from tests.domain.tasks.making import claim, cumulative, purchase, settle, task


def days(*, since: int = 10, until: int = 1, **more: Any) -> dict[str, Any]:
    """From so many days ago until so many days ago."""
    today = clock.today().toordinal()
    first, last = (type(clock.today()).fromordinal(today - back).isoformat() for back in (since, until))
    return {"from": first, "until": last, **more}


async def test_a_forecast_from_the_asking_to_the_result(signed_in: SignIn) -> None:
    await campaign(500)
    await publish_template("free7", campaign="autumn", cost_fen=350)
    await draft("fuel", cumulative("purchase.count", 1, "claim"), campaign="autumn", rewards=[{"coupon": "free7"}])
    yesterday = clock.start_of_day(clock.yesterday())
    await happened(*(purchase(one, occurred_at=yesterday) for one in ("C1", "C2")))
    maker, branch = await signed_in("maker"), await signed_in("branch-maker")
    asked = await maker.post("/tasks/fuel/forecast", json=days(claim_share="0.5"))
    assert asked.status_code == 202
    waiting = asked.json()
    assert (waiting["state"], waiting["result"], waiting["made_by"]) == ("waiting", None, "maker")
    assert waiting["asked"] == days(claim_share="0.5", version="draft", claim_on="start")
    together = (await maker.post("/campaigns/autumn/forecast", json=days())).json()
    while await simulation.work_next():
        pass
    found = (await maker.get(f"/forecasts/{waiting['forecast_id']}")).json()
    assert (found["state"], found["exceeds"], found["customers"], found["customers_done"]) == ("ready", True, 2, 2)
    result = found["result"]
    assert (result["cost_fen"], result["wanted_fen"]) == (350, 700)
    assert any("今天" in line or "当时" in line for line in result["assumptions"])
    [fuel] = result["tasks"]
    assert (fuel["seen"], fuel["claimed"], fuel["completed"], fuel["cost_per_completion_fen"]) == (2, 2, 2, 175)
    assert fuel["rewards"][0] | {"given": 0} == {
        "kind": "coupon",
        "target": "free7",
        "given": 0,
        "cost_fen": 350,
        "refused": {"budget.exhausted": 1},
    }
    [budget] = [one for one in result["budgets"] if one["branch"] is None]
    assert budget["runs_out_at"] == clock.local_text(yesterday)
    same = (await maker.get(f"/forecasts/{together['forecast_id']}")).json()["result"]
    assert same | {"as_of": ""} == result | {"as_of": ""}
    listed = (await maker.get("/forecasts", params={"limit": 1})).json()
    assert [one["forecast_id"] for one in listed["items"]] == [together["forecast_id"]]
    rest = (await maker.get("/forecasts", params={"cursor": listed["next_cursor"]})).json()
    assert [one["forecast_id"] for one in rest["items"]] == [waiting["forecast_id"]]
    assert (await branch.get(f"/forecasts/{waiting['forecast_id']}")).status_code == 404
    assert (await branch.get("/forecasts")).json()["items"] == []


async def test_what_cannot_be_forecast_says_why(signed_in: SignIn) -> None:
    await draft("fuel", cumulative("purchase.count", 1, "claim"))
    maker, checker = await signed_in("maker"), await signed_in("checker")
    for body, status, code in (
        (days(until=0), 422, "forecast.impossible"),
        (days(since=93), 422, "forecast.impossible"),
        (days(version="live"), 409, "configuration.not_live"),
        (days(claim_share="2"), 400, "request.invalid"),
        (days(claim_share=0.5), 400, "request.invalid"),
        (days(claim_on="never"), 400, "request.invalid"),
        (days(unknown=1), 400, "request.invalid"),
        ({"from": "2026-11-01"}, 400, "request.invalid"),
    ):
        answer = await maker.post("/tasks/fuel/forecast", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert (await maker.post("/tasks/fuel/forecast", json=days(until=0))).json()["errors"][0]["path"] == "until"
    assert (await maker.post("/tasks/gone/forecast", json=days())).status_code == 404
    assert (await checker.post("/tasks/fuel/forecast", json=days())).status_code == 403
    assert (await maker.get("/forecasts/999999")).status_code == 404
    assert (await maker.get("/forecasts/x")).status_code == 404
    assert await db.fetchval("SELECT count(*) FROM forecast") == 0


async def test_the_funnel_begins_with_who_saw_it(signed_in: SignIn) -> None:
    await campaign(None)
    await task("fuel", cumulative("purchase.count", 1, "claim"), automatic=False, campaign="autumn")
    ids = await customers.ids_of(["C1", "C2", "C3"])
    await db.execute(
        "INSERT INTO task_seen (customer_id, tasks, first_seen_at) SELECT unnest($1::bigint[]), '{fuel}', $2",
        list(ids.values()),
        clock.now(),
    )
    await claim("C1", "fuel")
    await settle()
    while await statistics.refresh():
        pass
    maker = await signed_in("maker")
    [line] = (await maker.get("/reports/funnel")).json()["rows"]
    assert (line["figures"]["seen"], line["figures"]["claimed"]) == (3, 1)
    assert line["ratios"] == {
        "claimed_of_seen": "0.3333",
        "completed_of_claimed": "0.0000",
        "rewarded_of_completed": None,
        "cost_per_completion_fen": None,
    }
    assert (await maker.get("/reports/campaigns/autumn")).json()["tasks"]["rows"] == [line]
    answer = await maker.get("/reports/funnel", headers={"Accept": sheets.XLSX})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1] == ("key", *line["figures"], *line["ratios"])
    assert rows[2][: 2 + len(line["figures"])] == ("fuel", *line["figures"].values(), "0.3333")
