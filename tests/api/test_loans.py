"""The loan trial, the application and what became of it, over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from api.routes import customer_routes
from kit.http import document
from tests.api.room import SignIn, customers_room, visitor
from tests.domain.coupons.stage import issue_one, new_customers, publish_template
from tests.domain.loans.stage import borrower_with, settle_later
from tests.domain.loans.twin import Twin, card_core_twin

pytestmark = pytest.mark.usefixtures("database")
TERMS: dict[str, Any] = {"amount_fen": 1_200_000, "periods": 12, "method": "equal_instalment"}


@pytest.fixture
async def twin(tmp_path: Path) -> AsyncIterator[Twin]:
    async with card_core_twin(tmp_path) as working:
        yield working


@pytest.fixture
async def sign_in(database: str, twin: Twin) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


async def application(client: httpx.AsyncClient, **terms: Any) -> dict[str, Any]:
    """The body of one who tried these terms and read the cost table."""
    body = {**TERMS, **terms}
    table = (await client.post("/loan-trials", json=body)).json()["cost_table"]
    return {**body, "cost_table_version": table["version"], "cost_table_seconds": table["reading_seconds"]}


async def apply(client: httpx.AsyncClient, body: dict[str, Any], key: str = "k1") -> httpx.Response:
    return await client.post("/loans", json=body, headers={"Idempotency-Key": key})


async def test_a_trial_shows_the_plan_with_and_the_rates_without_and_with_the_coupon(sign_in: SignIn) -> None:
    customer, coupon_id = await borrower_with(days=30)
    answer = await (await sign_in(customer)).post("/loan-trials", json={**TERMS, "coupon_id": str(coupon_id)})
    trial = answer.json()
    assert set(trial) == {
        *("plan", "interest_fen", "reduction_fen", "apr_before", "apr_after", "cost_table", "coupons")
    }
    assert trial["coupons"] == [{"coupon_id": str(coupon_id), "reduction_fen": 18_000}]
    assert (trial["interest_fen"], trial["reduction_fen"]) == (120_195, 18_000)
    assert (trial["apr_before"], trial["apr_after"]) == ("18.00", "15.18")
    first = trial["plan"][0]
    assert set(first) == {"no", "due_date", "principal_fen", "interest_fen", "reduction_fen", "total_fen"}
    assert (first["no"], first["reduction_fen"], first["total_fen"]) == (1, 18_000, 92_016)
    assert set(trial["cost_table"]) == {"version", "reading_seconds", "items"}


async def test_the_coupons_of_a_trial_say_whether_they_fit(sign_in: SignIn) -> None:
    customer, coupon_id = await borrower_with()
    await publish_template("packet", kind="red_packet", value={"amount_fen": 500})
    packet = await issue_one(customer, "packet")
    items = (await (await sign_in(customer)).get("/loan-trials/coupons", params=TERMS)).json()["items"]
    assert [(item["coupon"]["coupon_id"], item["usable"], item["reason"]) for item in items] == [
        (str(coupon_id), True, None),
        (str(packet), False, "该券不能用于借款"),
    ]


async def test_a_loan_is_applied_for_and_read_with_its_plan(sign_in: SignIn) -> None:
    customer, coupon_id = await borrower_with(days=30)
    client = await sign_in(customer)
    answer = await apply(client, await application(client, coupon_id=str(coupon_id)))
    applied = answer.json()
    assert (answer.status_code, applied["state"]) == (202, "disbursed")
    assert (await client.get(f"/loans/{applied['loan_id']}")).json() == {
        "loan_id": applied["loan_id"],
        "state": "disbursed",
        **TERMS,
        "coupon_id": str(coupon_id),
        "coupons": [{"coupon_id": str(coupon_id), "reduction_fen": 18_000}],
        "reason": None,
    }
    plan = (await client.get(f"/loans/{applied['loan_id']}/plan")).json()["plan"]
    assert [line["reduction_fen"] for line in plan] == [18_000] + [0] * 11
    assert (await client.get(f"/coupons/{coupon_id}")).json()["state"] == "used"


async def test_a_repeat_with_the_same_key_is_the_same_loan(sign_in: SignIn) -> None:
    [customer] = await new_customers()
    client = await sign_in(customer)
    body = await application(client)
    first, second = await apply(client, body), await apply(client, body)
    assert (second.status_code, second.json()) == (202, first.json())
    other = await apply(client, {**body, "cost_table_seconds": 99})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")


async def test_a_silent_core_leaves_the_loan_processing_until_it_answers(sign_in: SignIn, twin: Twin) -> None:
    [customer] = await new_customers()
    client = await sign_in(customer)
    body = await application(client)
    await twin.decide_next("silent")
    applied = (await apply(client, body)).json()
    assert applied["state"] == "processing"
    early = await client.get(f"/loans/{applied['loan_id']}/plan")
    assert (early.status_code, early.json()["code"]) == (409, "loan.not_disbursed")
    await settle_later()
    assert (await client.get(f"/loans/{applied['loan_id']}")).json()["state"] == "disbursed"


async def test_a_declined_loan_says_why(sign_in: SignIn, twin: Twin) -> None:
    [customer] = await new_customers()
    client = await sign_in(customer)
    body = await application(client)
    await twin.decide_next("decline")
    loan_id = (await apply(client, body)).json()["loan_id"]
    loan = (await client.get(f"/loans/{loan_id}")).json()
    assert (loan["state"], loan["reason"]) == ("declined", "综合评分不足")


@pytest.mark.parametrize(("key", "code"), [(None, "missing"), ("", "missing"), ("k" * 81, "invalid")])
async def test_an_application_without_a_usable_key_is_refused_by_the_headers_name(
    sign_in: SignIn, key: str | None, code: str
) -> None:
    client = await sign_in((await new_customers())[0])
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = await client.post("/loans", json=await application(client), headers=headers)
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["path"], fault["code"]) == (400, "Idempotency-Key", code)


async def test_several_coupons_are_used_in_the_order_given(sign_in: SignIn) -> None:
    customer, first = await borrower_with(use={"stacking": "stackable"})
    second, third = await issue_one(customer, "free"), await issue_one(customer, "free")
    client = await sign_in(customer)
    body = await application(client, coupon_id=str(first), coupon_ids=[str(third), str(first), str(second)])
    trial = (await client.post("/loan-trials", json={**TERMS, "coupon_ids": [str(second)]})).json()
    assert trial["coupons"] == [{"coupon_id": str(second), "reduction_fen": 18_000}]
    loan = (await client.get(f"/loans/{(await apply(client, body)).json()['loan_id']}")).json()
    assert loan["coupon_id"] == str(first)
    taken = [(one["coupon_id"], one["reduction_fen"]) for one in loan["coupons"]]
    assert taken == [(str(first), 18_000), (str(third), 0), (str(second), 0)]
    choices = (await client.get("/loan-trials/coupons", params=TERMS)).json()["items"]
    assert choices == []


async def test_coupons_that_do_not_go_together_are_refused(sign_in: SignIn) -> None:
    customer, first = await borrower_with()
    client = await sign_in(customer)
    wanted = {**TERMS, "coupon_ids": [str(first), str(await issue_one(customer, "free"))]}
    answer = await client.post("/loan-trials", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, "coupon.not_stackable")
    choices = (await client.get("/loan-trials/coupons", params=TERMS)).json()["items"]
    assert [(choice["usable"], choice["stackable"]) for choice in choices] == [(True, False)] * 2
    twice = await client.post("/loan-trials", json={**TERMS, "coupon_ids": ["7", "7"]})
    assert (twice.status_code, twice.json()["errors"][0]["path"]) == (400, "coupon_ids[1]")
    many = await client.post("/loan-trials", json={**TERMS, "coupon_ids": [str(no) for no in range(11)]})
    assert (many.status_code, many.json()["errors"][0]["path"]) == (400, "coupon_ids")


async def test_interest_per_day_is_a_method_of_its_own(sign_in: SignIn) -> None:
    client = await sign_in((await new_customers())[0])
    trial = (await client.post("/loan-trials", json={**TERMS, "periods": 1, "method": "per_day"})).json()
    assert trial["plan"][0]["principal_fen"] == 1_200_000
    assert trial["interest_fen"] in (28 * 600, 29 * 600, 30 * 600, 31 * 600)
    [method] = [line["text"] for line in trial["cost_table"]["items"] if line["name"] == "还款方式"]
    assert method == "按日计息"


async def test_the_confirmed_cost_table_is_shown_again_to_its_owner_only(sign_in: SignIn) -> None:
    owner, stranger = await new_customers(2)
    client = await sign_in(owner)
    body = await application(client)
    shown = (await client.post("/loan-trials", json=TERMS)).json()["cost_table"]
    loan_id = (await apply(client, {**body, "cost_table_seconds": 21})).json()["loan_id"]
    kept = (await client.get(f"/loans/{loan_id}/cost-table")).json()
    assert {name: kept[name] for name in shown} == shown
    assert (kept["seconds"], "confirmed_at" in kept) == (21, True)
    other = await (await sign_in(stranger)).get(f"/loans/{loan_id}/cost-table")
    assert (other.status_code, other.json()["code"]) == (404, "loan.not_found")


async def test_an_unread_cost_table_is_refused(sign_in: SignIn) -> None:
    client = await sign_in((await new_customers())[0])
    answer = await apply(client, {**await application(client), "cost_table_seconds": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "loan.cost_table_not_confirmed")


async def test_a_visitor_may_not_borrow(sign_in: SignIn) -> None:
    client = await sign_in(await visitor())
    body = {**TERMS, "cost_table_version": "x", "cost_table_seconds": 9}
    for answer in (
        await client.post("/loan-trials", json=TERMS),
        await client.get("/loan-trials/coupons", params=TERMS),
        await apply(client, body),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "customer.not_bound")


async def test_a_core_that_cannot_be_reached_is_told_as_unavailable(sign_in: SignIn, twin: Twin) -> None:
    client = await sign_in((await new_customers())[0])
    await twin.fault("timeout", "/loan-trials")
    answer = await client.post("/loan-trials", json=TERMS)
    assert (answer.status_code, answer.json()["code"]) == (503, "card_core.no_answer")
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"amount_fen": 0}, "amount_fen"),
        ({"amount_fen": "1"}, "amount_fen"),
        ({"periods": 61}, "periods"),
        ({"method": "never"}, "method"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_malformed_trial_is_refused_with_the_place(sign_in: SignIn, changes: dict[str, Any], path: str) -> None:
    client = await sign_in((await new_customers())[0])
    answer = await client.post("/loan-trials", json={**TERMS, **changes})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)


async def test_what_is_not_the_customers_is_not_there(sign_in: SignIn) -> None:
    owner, coupon_id = await borrower_with()
    [stranger] = await new_customers()
    client = await sign_in(owner)
    loan_id = (await apply(client, await application(client))).json()["loan_id"]
    other = await sign_in(stranger)
    for wanted in (loan_id, "0", "x", "92233720368547758070"):
        for path in (f"/loans/{wanted}", f"/loans/{wanted}/plan"):
            answer = await other.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "loan.not_found")
    for wanted in (str(coupon_id), "x", "9" * 32):
        answer = await other.post("/loan-trials", json={**TERMS, "coupon_id": wanted})
        assert (answer.status_code, answer.json()["code"]) == (404, "coupon.not_found")


def test_the_routes_make_a_valid_openapi_document_with_examples() -> None:
    described = document("customers", "1", "", customer_routes.operations, cookie="cookie")
    validate(described)  # type: ignore[arg-type]
    loans = described["paths"]["/api/v1/loans"]["post"]
    assert loans["requestBody"]["content"]["application/json"]["example"]["cost_table_seconds"] == 8
    assert "Idempotency-Key" in [parameter["name"] for parameter in loans["parameters"]]
