"""Data exports and the deletion of an account, as their customers meet them."""

import pytest

from domain import personal_data
from tests.api.room import SignIn
from tests.domain.coupons.stage import issue_one, new_customers, publish_template
from tests.domain.customers.partners import Bank
from tests.domain.tasks.time_machine import TimeMachine


async def test_a_file_is_asked_for_made_and_downloaded_by_its_owner(room: SignIn) -> None:
    mine, theirs = [await room(customer) for customer in await new_customers(2)]
    asked, again = await mine.post("/data-exports"), await mine.post("/data-exports")
    assert (asked.status_code, again.status_code, again.json()) == (201, 200, asked.json())
    [waiting] = (await mine.get("/data-exports")).json()["items"]
    file = f"/data-exports/{waiting['export_id']}/file"
    early = await mine.get(file)
    assert (waiting["state"], early.status_code, early.json()["code"]) == ("waiting", 409, "export.not_ready")
    assert await personal_data.make_exports() == 1
    answer = await mine.get(file)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert "attachment" in answer.headers["content-disposition"]
    [ready] = (await mine.get("/data-exports")).json()["items"]
    assert (ready["state"], ready["bytes"]) == ("ready", len(answer.content))
    assert answer.json()["profile"][0]["customer_no"].startswith("T")
    assert (await theirs.get("/data-exports")).json()["items"] == []
    for path in (file, "/data-exports/x/file", f"/data-exports/{'9' * 30}/file"):
        refused = await theirs.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "export.not_found")
    assert (await (await room(None)).get(file)).status_code == 401


async def test_a_deletion_is_typed_shown_and_taken_back(room: SignIn) -> None:
    one, two = await new_customers(2)
    await publish_template("free7")
    await issue_one(one, "free7")
    mine, theirs = await room(one), await room(two)
    assert (await mine.get("/account-deletion")).json() == {
        "state": "none",
        "requested_at": None,
        "due_at": None,
        "running_loans": 0,
        "losses": [{"kind": "coupon", "name": "7天免息券", "amount": 1}],
    }
    for body in ({}, {"confirm": "删除"}, {"confirm": "注销", "now": True}):
        assert (await mine.post("/account-deletion", json=body)).status_code == 400
    asked, again = [await mine.post("/account-deletion", json={"confirm": "注销"}) for _ in range(2)]
    assert (asked.status_code, again.status_code, asked.json()) == (201, 200, again.json())
    assert (asked.json()["state"], len(asked.json()["losses"])) == ("cooling", 1)
    assert (await theirs.delete("/account-deletion")).status_code == 204
    assert (await theirs.get("/account-deletion")).json()["state"] == "none"
    assert (await mine.get("/account-deletion")).json()["state"] == "cooling"
    for _ in range(2):
        assert (await mine.delete("/account-deletion")).status_code == 204
    assert (await mine.get("/account-deletion")).json()["state"] == "none"


@pytest.mark.usefixtures("database")
async def test_an_erased_customer_is_signed_out_and_comes_back_only_by_saying_so(
    room: SignIn, bank: Bank, time_machine: TimeMachine
) -> None:
    browser = await room(None)
    assert (
        await browser.post("/sessions", json={"channel": "bank_app", "ticket": "t1:C0000000017"})
    ).status_code == 201
    await browser.post("/account-deletion", json={"confirm": "注销"})
    time_machine(days=7)
    entry = {"channel": "bank_app", "ticket": "t2:C0000000017"}
    old = await room(None)
    assert (await old.post("/sessions", json=entry)).status_code == 201
    assert await personal_data.erase_due() == 1
    entry["ticket"] = "t3:C0000000017"
    refused = await browser.post("/sessions", json=entry)
    assert (refused.status_code, refused.json()["code"]) == (403, "account.erased")
    anew = await browser.post("/sessions", json=entry | {"come_back": True})
    assert (anew.status_code, anew.json()["customer"]["experience"]) == (201, 0)
