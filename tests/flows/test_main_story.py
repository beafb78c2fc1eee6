"""The main job, told over HTTP: sign in, claim, pay, complete, rise, and borrow with the coupon."""

import time
import uuid
from typing import Any

import httpx
import pytest

from tests.platform import Platform, eventually

TERMS = {"amount_fen": 1_200_000, "periods": 12, "method": "equal_instalment"}


@pytest.fixture
def holder(platform: Platform) -> httpx.Client:
    """C0000000017: of the stage credit, who has done nothing yet."""
    return platform.customer("C0000000017")


def buy_fuel(platform: Platform, customer_no: str, amount_fen: int, **more: Any) -> dict[str, Any]:
    event = {"type": "purchase", "customer_no": customer_no, "amount_fen": amount_fen, "mcc": "5541"}
    return platform.control("card-core/transactions", {**event, "merchant": {"id": "M1", "name": "壳牌"}, **more})


def test_the_main_story(platform: Platform, holder: httpx.Client) -> None:
    me = holder.get("/me").json()
    assert (me["name"], me["bound"], me["stage"], me["experience"]) == ("何*", True, "credit", 0)

    tasks = {task["task"]: task for task in holder.get("/tasks").json()["items"]}
    assert tasks["fuel-300"]["state"] == "available"
    claimed = holder.post("/tasks/fuel-300/claims")
    assert claimed.status_code == 201
    again = holder.post("/tasks/fuel-300/claims")
    assert (again.status_code, again.json()) == (200, claimed.json())

    time.sleep(0.01)  # the claim's window opens with the claim
    assert buy_fuel(platform, "C0000000017", 21_350)["accepted"] == 1
    claim = holder.get(f"/claims/{claimed.json()['claim_id']}").json()
    (condition,) = claim["progress"]["conditions"]
    assert (condition["current"], condition["target"], condition["unit"], condition["done"]) == (
        21_350,
        30_000,
        "fen",
        False,
    )
    assert (claim["state"], claim["progress"]["percent"]) == ("claimed", 71)

    buy_fuel(platform, "C0000000017", 8_650)
    eventually(lambda: holder.get("/tasks/fuel-300").json()["state"] == "rewarded")
    risen = holder.get("/me").json()
    assert (risen["experience"], risen["level"]["rank"], risen["level"]["name"]) == (100, 1, "银卡会员")
    (entry,) = holder.get("/experience").json()["items"]
    assert (entry["amount"], entry["title"]) == (100, "完成任务：加油满300元")

    (coupon,) = holder.get("/coupons", params={"state": "unused"}).json()["items"]
    assert coupon["template"] == "free7"
    _borrow_with(platform, holder, coupon["coupon_id"])


def _borrow_with(platform: Platform, holder: httpx.Client, coupon_id: str) -> None:
    plain = holder.post("/loan-trials", json=TERMS).json()
    assert (plain["plan"][0]["total_fen"], plain["plan"][-1]["total_fen"]) == (110_016, 110_019)
    assert (plain["interest_fen"], plain["apr_before"], plain["apr_after"]) == (120_195, "18.00", "18.00")
    trial = holder.post("/loan-trials", json={**TERMS, "coupon_id": coupon_id}).json()
    assert trial["reduction_fen"] > 0
    assert float(trial["apr_after"]) < 18.0

    loan = _apply(holder, trial, coupon_id)
    assert loan["state"] == "disbursed"
    assert holder.get(f"/coupons/{coupon_id}").json()["state"] == "used"
    history = [step["state"] for step in holder.get(f"/coupons/{coupon_id}").json()["history"]]
    assert history == ["unused", "occupied", "used"]
    plan = holder.get(f"/loans/{loan['loan_id']}/plan").json()["plan"]
    assert sum(line["reduction_fen"] for line in plan) == trial["reduction_fen"]
    eventually(lambda: _entries(platform, coupon_id) == 1)


def _apply(holder: httpx.Client, trial: dict[str, Any], coupon_id: str | None) -> dict[str, Any]:
    table = trial["cost_table"]
    body = {**TERMS, "cost_table_version": table["version"], "cost_table_seconds": table["reading_seconds"]}
    if coupon_id:
        body["coupon_id"] = coupon_id
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answer = holder.post("/loans", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    assert holder.post("/loans", json=body, headers=headers).json()["loan_id"] == answer.json()["loan_id"]
    return answer.json()


def _entries(platform: Platform, coupon_id: str) -> int:
    """Accounting entries the core was sent of a coupon."""
    calls = httpx.get(f"{platform.sandbox_url}/control/journal", params={"service": "card-core"}, trust_env=False)
    return sum(
        call["method"] == "POST"
        and call["path"].endswith("/accounting-entries")
        and call["body"]["coupon_no"] == coupon_id
        for call in calls.json()["items"]
    )


def test_a_coupon_of_the_centre_is_claimed_once(platform: Platform) -> None:
    with platform.customer("C0000000014") as client:
        offers = {offer["template"]: offer for offer in client.get("/coupon-offers").json()["items"]}
        assert (offers["repay-5"]["state"], offers["phone-10"]["state"]) == ("open", "upcoming")
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        made, again = [client.post("/coupon-offers/repay-5/claims", headers=headers) for _ in range(2)]
        assert (made.status_code, again.status_code, again.json()) == (201, 200, made.json())
        beyond = client.post("/coupon-offers/repay-5/claims", headers={"Idempotency-Key": uuid.uuid4().hex})
        assert (beyond.status_code, beyond.json()["code"]) == (409, "coupon.personal_cap")
        mine = [one for one in client.get("/coupons").json()["items"] if one["template"] == "repay-5"]
        assert mine == [made.json()]


def test_a_declined_loan_gives_the_coupon_back(platform: Platform) -> None:
    with platform.customer("C0000000018") as borrower:
        coupon_id = _earn_coupon(platform, borrower, "C0000000018")
        platform.control("card-core/decisions", {"next": "decline"})
        loan = _apply(borrower, borrower.post("/loan-trials", json={**TERMS, "coupon_id": coupon_id}).json(), coupon_id)
        assert loan["state"] == "declined"
        assert borrower.get(f"/coupons/{coupon_id}").json()["state"] == "unused"


def test_a_silent_core_is_asked_again_until_the_loan_is_known(platform: Platform) -> None:
    with platform.customer("C0000000019") as borrower:
        coupon_id = _earn_coupon(platform, borrower, "C0000000019")
        platform.control("card-core/decisions", {"next": "silent"})
        loan = _apply(borrower, borrower.post("/loan-trials", json={**TERMS, "coupon_id": coupon_id}).json(), coupon_id)
        assert loan["state"] == "processing"
        eventually(lambda: borrower.get(f"/loans/{loan['loan_id']}").json()["state"] == "disbursed", 40)
        assert borrower.get(f"/coupons/{coupon_id}").json()["state"] == "used"


def _earn_coupon(platform: Platform, client: httpx.Client, customer_no: str) -> str:
    assert client.post("/tasks/fuel-300/claims").status_code == 201
    time.sleep(0.01)
    buy_fuel(platform, customer_no, 40_000)
    coupons = eventually(lambda: client.get("/coupons", params={"state": "unused"}).json()["items"])
    return str(coupons[0]["coupon_id"])


def test_a_refund_takes_completion_and_reward_back(platform: Platform) -> None:
    with platform.customer("C0000000016") as client:
        assert client.post("/tasks/fuel-300/claims").status_code == 201
        time.sleep(0.01)
        buy_fuel(platform, "C0000000016", 30_000, event_id="big-tank")
        eventually(lambda: client.get("/tasks/fuel-300").json()["state"] == "rewarded")
        platform.control(
            "card-core/transactions",
            {"type": "refund", "customer_no": "C0000000016", "amount_fen": 10_000, "original_event_id": "big-tank"},
        )
        eventually(lambda: client.get("/me").json()["experience"] == 0)
        task = client.get("/tasks/fuel-300").json()
        assert (task["state"], task["progress"]["conditions"][0]["current"]) == ("claimed", 20_000)
        assert [coupon["state"] for coupon in client.get("/coupons").json()["items"]] == ["voided"]


def test_the_time_machine_moves_weeks_in_seconds(platform: Platform) -> None:
    with platform.customer("C0000000015") as client:
        claim = client.post("/tasks/fuel-300/claims").json()
        platform.control("clock", {"advance_seconds": 31 * 24 * 3600})
        try:
            eventually(lambda: client.get(f"/claims/{claim['claim_id']}").json()["state"] == "expired")
        finally:
            platform.control("clock", {"advance_seconds": -31 * 24 * 3600})
