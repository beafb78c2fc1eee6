"""What operators see of audiences: before they are saved, in figures, frozen, and from the customer's side."""

from importlib import import_module

import httpx
import pytest

from domain import bundles, consents, operators
from domain.audiences import AUDIENCES
from domain.bundles.bundle import Bundle, BundleDocument
from domain.consents import Decision, Purpose
from domain.tags import TAGS
from kit import clock
from kit import database as db
from tests.admin_api.conftest import SignIn
from tests.domain.audiences.stage import audience, customer, document, worked_out
from tests.domain.coupons.stage import MAKER, publish

pytestmark = pytest.mark.usefixtures("database")
PAYERS = document()


@pytest.fixture
async def head_office(signed_in: SignIn) -> httpx.AsyncClient:
    return await signed_in("maker")


@pytest.fixture
async def branch(signed_in: SignIn) -> httpx.AsyncClient:
    return await signed_in("branch-maker")


async def test_a_draft_is_tried_before_anything_is_saved(head_office: httpx.AsyncClient) -> None:
    for branch in ("SH", "SH", None):
        await customer(stage="payer", branch=branch, name="张小明")
    await customer(branch="SH")
    tried = (await head_office.post("/audiences/preview", json=PAYERS)).json()
    assert (tried["count"], tried["by_branch"], tried["by_stage"]) == (3, {"": 1, "SH": 2}, {"payer": 3})
    assert [one["name"] for one in tried["sample"]] == ["张**"] * 3
    assert await db.fetchval("SELECT count(*) FROM configuration WHERE kind = 'audiences'") == 0
    assert await db.fetchval("SELECT count(*) FROM audience") == 0


async def test_a_branch_tries_a_draft_on_its_own_customers(branch: httpx.AsyncClient) -> None:
    for of in ("SH", "BJ", None):
        await customer(stage="payer", branch=of)
    assert (await branch.post("/audiences/preview", json=PAYERS)).json()["by_branch"] == {"SH": 1}
    query = {"name": "n", "sql": "SELECT customer_id FROM customers"}
    refused = await branch.post("/audiences/preview", json=query)
    assert (refused.status_code, refused.json()["code"]) == (403, "operator.head_office_only")


async def test_what_is_wrong_with_a_draft_is_told_by_path(head_office: httpx.AsyncClient) -> None:
    rule = {"all": [{"field": "level", "at_least": 1}, {"tag": "nobody", "is": True}]}
    refused = await head_office.post("/audiences/preview", json={"name": "n", "rule": rule})
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json()["errors"]] == ["rule.all[1].tag"]
    unknown = await head_office.post("/audiences/preview", json={"name": "n", "rule": {"stage": "payer"}})
    assert unknown.status_code == 400


@pytest.mark.parametrize("many", [0, 200_000])
async def test_coverage_counts_who_may_be_contacted(
    head_office: httpx.AsyncClient, branch: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Few or many: they are counted in two ways, and are as many."""
    monkeypatch.setattr(import_module("domain.audiences.coverage"), "MANY", many)
    willing, refusing, unbound = [await customer(stage="payer", branch="SH") for _ in range(3)]
    await customer()
    for who, granted in ((willing, True), (refusing, True), (refusing, False), (unbound, True)):
        async with db.transaction() as connection:
            for purpose in (Purpose.MARKETING_SMS, Purpose.MARKETING_WECHAT):
                await consents.record(connection, [Decision(who, purpose, granted, "h5")])
    for who in (willing, refusing):
        await db.execute(
            "INSERT INTO identity (channel, subject, customer_id, created_at, bound_at)"
            " VALUES ('wechat_mini', 'o' || $1::text, $2, $3, $3)",
            str(who),
            who,
            clock.now(),
        )
    await audience("payers", refresh="once")
    found = (await head_office.get("/audiences/payers/coverage")).json()
    assert (found["members"], found["share_percent"], found["due_at"]) == (3, 75.0, None)
    assert (found["by_branch"], found["by_stage"]) == ({"SH": 3}, {"payer": 3})
    assert found["contactable"] == {"sms": 2, "wechat": 1, "push": 0}
    assert found["as_of"]
    assert (await branch.get("/audiences/payers/coverage")).status_code == 404


async def test_overlap_of_several(head_office: httpx.AsyncClient) -> None:
    for stage, product in (("payer", "young"), ("payer", None), ("base", "young"), ("base", "gold")):
        await customer(stage=stage, card_product=product)
    await audience("payers")
    await audience("young", rule={"field": "card_product", "in": ["young"]})
    await audience("nobody", rule={"field": "card_product", "in": ["none"]})
    found = (await head_office.get("/audiences/overlap", params={"codes": "payers,young"})).json()
    assert (found["members"], found["all"], found["any"]) == ({"payers": 2, "young": 2}, 1, 3)
    assert found["pairs"] == [
        {"codes": ["payers", "young"], "both": 1, "percent_of_first": 50.0, "percent_of_second": 50.0}
    ]
    three = (await head_office.get("/audiences/overlap", params={"codes": "payers, young, nobody"})).json()
    assert (len(three["pairs"]), three["all"]) == (3, 0)
    for codes, status in (("payers", 422), ("payers,payers", 422), ("payers,unknown", 404), ("payers,-", 400)):
        assert (await head_office.get("/audiences/overlap", params={"codes": codes})).status_code == status


async def test_frozen_copies_tell_whether_somebody_was_a_member(head_office: httpx.AsyncClient) -> None:
    member, other = await customer(stage="payer"), await customer()
    numbers = {row[0]: row[1] for row in await db.fetch("SELECT id, customer_no FROM customer")}
    await audience("payers")
    made = await head_office.post("/audiences/payers/snapshots", json={"note": "双十一"})
    assert (made.status_code, made.json()["members"], made.json()["made_by"]) == (201, 1, "maker")
    one = f"/audiences/payers/snapshots/{made.json()['snapshot_id']}"
    assert (await head_office.get(one)).json() == made.json() | {"contains": None}
    for who, contains in ((member, True), (other, False)):
        shown = await head_office.get(one, params={"customer_no": numbers[who]})
        assert shown.json()["contains"] is contains
    await head_office.post("/audiences/payers/snapshots")
    first = (await head_office.get("/audiences/payers/snapshots", params={"limit": 1})).json()
    rest = (await head_office.get("/audiences/payers/snapshots", params={"cursor": first["next_cursor"]})).json()
    assert [len(first["items"]), rest["items"]] == [1, [made.json()]]
    assert (await head_office.get("/audiences/payers/snapshots/999999")).status_code == 404


async def test_a_customer_is_shown_with_the_audiences_one_sees(
    head_office: httpx.AsyncClient, branch: httpx.AsyncClient
) -> None:
    who = await customer(stage="payer", branch="SH")
    number = await db.fetchval("SELECT customer_no FROM customer WHERE id = $1", who)
    await audience("payers")
    version = await publish(AUDIENCES, "ours", document())
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE id = $1", version.id)
    await worked_out()
    shown = (await head_office.get(f"/customers/{number}/audiences")).json()
    assert shown["items"] == [{"code": "ours", "name": "活跃客户"}, {"code": "payers", "name": "活跃客户"}]
    assert [one["code"] for one in (await branch.get(f"/customers/{number}/audiences")).json()["items"]] == ["ours"]
    await db.execute("UPDATE customer SET branch = 'BJ' WHERE id = $1", who)
    assert (await branch.get(f"/customers/{number}/audiences")).status_code == 404


async def test_a_bundle_brings_a_combination_with_its_parts() -> None:
    await operators.ensure("maker", "maker", "a-long-password-1", ["maker"], "HQ")
    parts = BundleDocument("audiences", "payers", PAYERS)
    both = BundleDocument("audiences", "both", document(combination={"any": ["payers", {"not": "payers"}]}))
    done = await bundles.bring_in([AUDIENCES, TAGS], Bundle("cardquest-bundle/1", [both, parts]), MAKER, dry_run=False)
    assert [(one.code, one.outcome) for one in done] == [("both", "new"), ("payers", "new")]
