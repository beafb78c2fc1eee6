"""Directed issues over HTTP: uploaded, asked for, approved, followed, in the shapes the document promises."""

from collections.abc import AsyncIterator

import pytest

from domain import coupon_issues, customers
from kit import database
from tests.admin_api.conftest import SignIn
from tests.domain.coupons.stage import publish_template

pytestmark = pytest.mark.usefixtures("database")


async def test_an_issue_to_a_file_is_walked_through(signed_in: SignIn) -> None:
    await publish_template("free7")
    await customers.ids_of(["C1", "C2"])
    maker, checker, branch = [await signed_in(name) for name in ("maker", "checker", "branch-maker")]

    async def content() -> AsyncIterator[bytes]:
        yield b"customer_no\nC1\nC"
        yield b"2\nC1\nnobody\n"

    taken = await maker.post("/imports", params={"kind": "audience", "name": "nov.csv"}, content=content())
    assert taken.status_code == 201, taken.text
    file = taken.json()
    assert (file["customers"], file["duplicates"]) == (2, 1)
    assert file["faults"] == [{"row": 4, "code": "customer.not_found"}]
    assert (await checker.get(f"/imports/{file['import_id']}")).json() == file
    assert (await branch.get(f"/imports/{file['import_id']}")).json()["code"] == "import.not_found"

    asked = {"template": "free7", "file": file["import_id"], "reason": "唤醒"}
    key = {"Idempotency-Key": "november"}
    made = await maker.post("/coupon-issues", json=asked, headers=key)
    assert made.status_code == 201, made.text
    assert (await maker.post("/coupon-issues", json=asked, headers=key)).status_code == 200
    issue = made.json()
    assert (issue["state"], issue["total"], issue["file"]["digest"]) == ("submitted", 2, file["digest"])
    one = f"/coupon-issues/{issue['issue_id']}"
    assert (await branch.get(one)).status_code == 404
    refused = await checker.post(f"{one}/approve", json={"content_hash": "0" * 64})
    assert (refused.status_code, refused.json()["code"]) == (409, "approval.content_changed")
    assert (await checker.post(f"{one}/approve")).status_code == 400
    approved = await checker.post(f"{one}/approve", json={"content_hash": issue["content_hash"]})
    assert (approved.status_code, approved.json()["state"]) == (200, "running")
    assert (await maker.post(f"{one}/pause")).json()["state"] == "paused"
    assert (await maker.post(f"{one}/resume")).json()["state"] == "running"
    while await coupon_issues.issue_next_set():
        pass
    done = (await maker.get(one)).json()
    assert (done["state"], done["issued"], done["remaining"], done["skipped"]) == ("done", 2, 0, {})
    assert (done["made_by"], done["checked_by"], done["resumes_at"]) == ("maker", "checker", None)
    assert done["per_second"] > 0
    assert (await checker.get("/coupon-issues", params={"state": "done"})).json()["items"] == [done]
    assert (await branch.get("/coupon-issues")).json()["items"] == []
    assert (await checker.post(f"{one}/cancel")).json()["code"] == "coupon_issue.wrong_state"


async def test_what_is_wrong_with_a_request_is_named(signed_in: SignIn) -> None:
    await publish_template("free7")
    maker = await signed_in("maker")
    for body, status, path in (
        ({"template": "free7", "reason": "r", "audience": {"levels": 1}}, 400, "audience.levels"),
        ({"template": "free7", "reason": "", "audience": {}}, 400, "reason"),
        ({"template": "gone", "reason": "r", "audience": {}}, 422, "template"),
    ):
        answer = await maker.post("/coupon-issues", json=body, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (status, [path])
    answer = await maker.post("/coupon-issues", json={"template": "free7", "reason": "r", "audience": {}})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "Idempotency-Key")
    assert (await maker.post("/imports", params={"kind": "surprise"}, content=b"C1")).status_code == 400
    assert (await maker.get("/coupon-issues/x")).json()["code"] == "coupon_issue.not_found"
    assert (await maker.get("/imports/x")).json()["code"] == "import.not_found"


async def test_a_file_larger_than_a_request_may_be_is_streamed(signed_in: SignIn) -> None:
    await customers.ids_of(["C1"])
    maker = await signed_in("maker")

    async def content() -> AsyncIterator[bytes]:
        yield b"C1\n"
        for _ in range(20):
            yield b"#" * 2_000_000

    taken = await maker.post("/imports", params={"kind": "audience"}, content=content(), timeout=60)
    assert taken.status_code == 201, taken.text
    assert [(one["row"], one["code"]) for one in taken.json()["faults"]] == [(2, "row.too_long")]
    assert await database.fetchval("SELECT count(*) FROM audience_file") == 1
