"""Reports, imports and exports as operators ask for them over HTTP."""

import io
from typing import Any

from openpyxl import load_workbook

from domain import exports, imports, statistics
from kit import database as db
from kit import sheets
from tests.admin_api.conftest import SignIn
from tests.domain.coupons.stage import issue_one, new_customers, publish_template


async def counted() -> None:
    while await statistics.refresh():
        pass


async def test_a_report_as_json_and_as_a_sheet(signed_in: SignIn) -> None:
    await publish_template("free7")
    first, second = await new_customers(2)
    await db.execute("UPDATE customer SET branch = 'SH' WHERE id = $1", first)
    for customer in (first, second):
        await issue_one(customer, "free7")
    maker, branch = await signed_in("maker"), await signed_in("branch-maker")
    assert (await maker.get("/reports/coupons")).json() == {"as_of": None, "rows": []}
    await counted()
    report = (await maker.get("/reports/coupons")).json()
    assert report["as_of"] is not None
    figures = {"issued": 2, "unused": 2, "occupied": 0, "used": 0, "expired": 0, "voided": 0}
    assert report["rows"] == [{"key": "free7", "figures": figures}]
    [own] = (await branch.get("/reports/coupons", params={"by": "branch"})).json()["rows"]
    assert (own["key"], own["figures"]["issued"]) == ("SH", 1)
    for asked in ({"params": {"format": "xlsx"}}, {"headers": {"Accept": sheets.XLSX}}):
        answer = await maker.get("/reports/coupons", **asked)  # type: ignore[arg-type]
        assert answer.headers["content-type"] == sheets.XLSX
        rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
        assert rows[0][:2] == ("as_of", report["as_of"])
        assert rows[1:] == [("key", *figures), ("free7", *figures.values())]
    later = await maker.get("/reports/coupons", params={"from": "2999-01-01"})
    assert later.json()["rows"] == []
    for path in ("funnel", "benefits", "events", "levels"):
        assert (await maker.get(f"/reports/{path}")).status_code == 200
        sheet = await maker.get(f"/reports/{path}", params={"format": "xlsx"})
        assert load_workbook(io.BytesIO(sheet.content)).sheetnames == [path]
    assert (await maker.get("/reports/funnel", params={"by": "moon"})).status_code == 400
    assert (await maker.get("/reports/campaigns/gone")).status_code == 404


async def test_a_file_is_received_worked_on_and_its_faults_taken_home(signed_in: SignIn) -> None:
    maker, branch = await signed_in("maker"), await signed_in("branch-maker")
    asked: dict[str, Any] = {
        "params": {"kind": "customers", "name": "十一月.csv"},
        "content": b"customer_no,stage\nC1,=rich\n",
    }
    received = await maker.post("/imports", **asked)
    assert (received.status_code, received.json()["state"]) == (201, "received")
    again = await maker.post("/imports", **asked)
    assert (again.status_code, again.json()) == (200, received.json())
    while await imports.work_next():
        pass
    one = f"/imports/{received.json()['import_id']}"
    done = (await maker.get(one)).json()
    assert (done["state"], done["rows"], done["faulty"]) == ("done", 1, 1)
    assert (done["faults"][0]["row"], done["faults"][0]["path"]) == (1, "stage")
    listed = await maker.get(f"{one}/faults")
    assert listed.headers["content-type"].startswith("text/csv")
    assert listed.text.lstrip("\ufeff").splitlines()[0] == "row,path,code,expected"
    assert (await branch.get(one)).status_code == (await branch.get(f"{one}/faults")).status_code == 404
    assert [file["import_id"] for file in (await maker.get("/imports")).json()["items"]] == [done["import_id"]]
    assert (await branch.get("/imports")).json()["items"] == []
    assert (await maker.post(f"{one}/cancel")).json()["code"] == "import.wrong_state"
    assert (await branch.post("/imports", params={"kind": "events"}, content=b"x")).status_code == 403
    assert (await maker.post("/imports", params={"kind": "customers", "target": "x"}, content=b"x")).status_code == 422


async def test_an_export_from_the_asking_to_the_file(signed_in: SignIn) -> None:
    await publish_template("free7")
    [customer] = await new_customers()
    await issue_one(customer, "free7")
    maker, checker = await signed_in("maker"), await signed_in("checker")
    key = {"Idempotency-Key": "k"}
    body = {"list": "coupons", "format": "csv", "reason": "对账", "from": "2026-01-01"}
    made = await maker.post("/exports", json=body, headers=key)
    assert made.status_code == 201, made.text
    assert (await maker.post("/exports", json=body, headers=key)).status_code == 200
    export = made.json()
    one = f"/exports/{export['export_id']}"
    assert (await maker.get(f"{one}/file")).json()["code"] == "export.wrong_state"
    approval = {"content_hash": export["content_hash"]}
    assert (await maker.post(f"{one}/approve", json=approval)).status_code == 403
    assert (await checker.post(f"{one}/approve", json=approval)).json()["checked_by"] == "checker"
    assert await exports.produce_next() == 1
    ready = (await maker.get(one)).json()
    assert (ready["state"], ready["rows"]) == ("ready", 1)
    file = await maker.get(f"{one}/file")
    assert (file.status_code, "free7" in file.text) == (200, True)
    assert (await checker.get(f"{one}/file")).json()["code"] == "export.not_yours"
    assert (await checker.get("/exports")).json()["items"] == [ready]
    assert (await checker.post(f"{one}/reject", json={"reason": "late"})).json()["code"] == "export.wrong_state"
    assert (await maker.get("/exports/x")).json()["code"] == "export.not_found"
    assert (await maker.post("/exports", json={**body, "extra": 1}, headers=key)).status_code == 400
