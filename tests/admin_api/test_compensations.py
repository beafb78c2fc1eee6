"""Compensations over HTTP."""

import pytest

from domain import customers
from kit import database
from tests.admin_api.conftest import SignIn

pytestmark = pytest.mark.usefixtures("database")


async def test_a_compensation_is_asked_for_approved_and_listed_on_the_customer(signed_in: SignIn) -> None:
    await customers.ids_of(["C1"])
    await database.execute("UPDATE customer SET branch = 'SZ'")
    maker, checker, branch = [await signed_in(name) for name in ("maker", "checker", "branch-maker")]
    of_customer, body = "/customers/C1/compensations", {"experience": 20, "reason": "系统故障"}
    made = await maker.post(of_customer, json=body, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201, made.text
    assert (await maker.post(of_customer, json=body, headers={"Idempotency-Key": "k"})).status_code == 200
    one = f"/compensations/{made.json()['compensation_id']}"
    assert (await branch.get(one)).json()["code"] == "compensation.not_found"
    assert (await branch.get(of_customer)).json()["code"] == "customer.not_found"
    assert (await checker.post(f"{one}/approve", json={})).status_code == 400
    waiting = (await checker.get("/compensations", params={"state": "submitted"})).json()["items"]
    assert waiting == [made.json()]
    granted = await checker.post(f"{one}/approve", json={"content_hash": waiting[0]["content_hash"]})
    assert (granted.status_code, granted.json()["state"]) == (200, "granted")
    assert (await checker.post(f"{one}/reject", json={"reason": "x"})).json()["code"] == "compensation.wrong_state"
    shown = (await maker.get("/customers/C1")).json()
    assert (shown["experience"], shown["compensations"]) == (20, [granted.json()])
    assert (await maker.get(of_customer)).json()["items"] == [(await maker.get(one)).json()] == [granted.json()]
    assert (granted.json()["made_by"], granted.json()["checked_by"]) == ("maker", "checker")


async def test_the_key_and_the_body_are_checked(signed_in: SignIn) -> None:
    await customers.ids_of(["C1"])
    maker = await signed_in("maker")
    answer = await maker.post("/customers/C1/compensations", json={"experience": 1, "reason": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "Idempotency-Key")
    answer = await maker.post("/customers/C1/compensations", json={"money": 1}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 400
    assert (await maker.get("/compensations/x")).json()["code"] == "compensation.not_found"
