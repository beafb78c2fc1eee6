"""Whatever an operator changes is on record: every route that changes something leaves an entry, and auditors read it."""

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import httpx
import pyotp
import pytest

from domain import operators, outbox
from domain.approvals import Kind
from domain.facts import CouponUsed
from domain.operators import Role
from kit import clock
from kit import database as db
from kit.http import Routes
from tests.admin_api import world
from tests.domain.coupons.stage import publish_template

Client = httpx.AsyncClient
Call = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def people(url: str, kinds: list[Kind]) -> AsyncIterator[dict[str, Client]]:
    """Two operators of head office with every role, `maker` and `checker`, in a world of things to decide on."""
    await world.build(kinds)
    found = {}
    for name in ("maker", "checker"):
        await operators.ensure(f"hq-{name}", name, world.PASSWORD, list(Role), "HQ")
        found[name] = Client(base_url=url, timeout=30)
        answer = await found[name].post("/sessions", json={"username": f"hq-{name}", "password": world.PASSWORD})
        found[name].headers["Authorization"] = f"Bearer {answer.json()['token']}"
    yield found
    for client in found.values():
        await client.aclose()


async def test_every_route_that_changes_something_leaves_an_entry(people: dict[str, Client], room: Routes) -> None:
    """One good call of each, in an order in which each can be good; a route that is missing here fails the test."""
    told: dict[str, str] = {}

    async def call(name: str, who: str, path: str, body: object = None, **more: object) -> httpx.Response:
        operation = next(one for one in room.operations if one.name == name)
        before = await db.fetchval("SELECT coalesce(max(number), 0) FROM audit_entry")
        headers = {"Idempotency-Key": name}
        content = {"json": body} if body is not None else more
        answer = await people[who].request(operation.method.upper(), path, headers=headers, **content)  # type: ignore[arg-type]
        assert answer.status_code < 300, (name, answer.text)
        row = await db.fetchrow("SELECT action, operator FROM audit_entry WHERE number > $1 ORDER BY number", before)
        assert row is not None, f"{name} leaves no entry"
        told[name] = row["action"]
        return answer

    await _configurations(call)
    await _decisions(call)
    await _coupons_for_many(call)
    await _files(call)
    await _things_that_wait(call)
    await _people(call)
    await _own_account(call)
    changing = {one.name for one in room.operations if one.method != "get" and (not one.guarded or one.access.changes)}
    # One kind stands for all, as they share their handlers.
    changing = {name for name in changing if not name.endswith(("_large_leaflets", "_tasks"))}
    assert changing - told.keys() == set()
    assert (await people["maker"].post("/audit/verification")).json()["intact"]


async def _configurations(call: Call) -> None:
    one = "/small-leaflets/new"
    await call("put_small_leaflets", "maker", one, {"title": "t"})
    await call("submit_small_leaflets", "maker", f"{one}/submit")
    await call("reject_small_leaflets", "checker", f"{one}/reject", {"reason": "r"})
    await call("submit_small_leaflets", "maker", f"{one}/submit")
    await call("approve_small_leaflets", "checker", f"{one}/approve")
    await call("copy_small_leaflets", "maker", f"{one}/copy", {"code": "copied"})
    documents = [{"kind": "small-leaflets", "code": "brought", "body": {"title": "t"}}]
    await call("bring_in_bundle", "maker", "/bundles", {"format": "cardquest-bundle/1", "documents": documents})
    for verb in ("pause", "resume", "end"):
        await call(f"{verb}_small_leaflets", "maker", f"{one}/{verb}")
    # Other states for the two moves that need them; the moves themselves are the same code.
    await _in_state("copied", "scheduled", "checker_id = maker_id + 1, scheduled_at = now() + interval '1 day'")
    await call("unschedule_small_leaflets", "maker", "/small-leaflets/copied/unschedule")
    await _in_state("brought", "checked", "checker_id = 0, over_limit = true, submitted_at = now(), maker_id = 1")
    await call("approve_budget_small_leaflets", "checker", "/small-leaflets/brought/approve-budget")


async def _in_state(code: str, state: str, settings: str) -> None:
    await db.execute(f"UPDATE configuration SET state = $1, {settings} WHERE code = $2", state, code)


async def _decisions(call: Call) -> None:
    for verb, body in (("reject", {"reason": "r"}), ("approve", None)):
        made = await call(
            "make_compensation", "maker", "/customers/sh-customer/compensations", {"experience": 1, "reason": verb}
        )
        body = body or {"content_hash": made.json()["content_hash"]}
        await call(f"{verb}_compensation", "checker", f"/compensations/{made.json()['compensation_id']}/{verb}", body)
        await db.execute("UPDATE compensation SET idempotency_key = 'done-' || id")
    made = await call(
        "make_compensation", "maker", "/customers/sh-customer/compensations", {"experience": 1, "reason": "r"}
    )
    await db.execute(
        "UPDATE compensation SET state = 'checked', checker_id = 0, over_limit = true WHERE checker_id IS NULL"
    )
    one, exact = f"/compensations/{made.json()['compensation_id']}", {"content_hash": made.json()["content_hash"]}
    await call("approve_compensation_budget", "checker", f"{one}/approve-budget", exact)


async def _things_that_wait(call: Call) -> None:
    ids = await world.ids("sh")
    await call("write_off_debt", "checker", f"/debts/{ids['debt_id']}/write-off", {"reason": "r"})
    await call("close_discrepancy", "checker", f"/loan-discrepancies/{ids['discrepancy_id']}/close", {"reason": "r"})
    await call("freeze_audience", "maker", "/audiences/sh-thing/snapshots", {"note": "n"})
    await call("import_benefit_codes", "maker", "/benefits/sh-thing/codes", {"codes": ["x"]})
    days = {"from": "2026-10-01", "until": "2026-10-02"}
    await call("forecast_task", "maker", "/tasks/sh-thing/forecast", days)
    await db.execute("UPDATE configuration SET body = body || '{\"campaign\": \"sh-thing\"}' WHERE code = 'sh-next'")
    await call("forecast_campaign", "maker", "/campaigns/sh-thing/forecast", days)
    await call("reveal_customer", "maker", "/customers/sh-customer/reveals", {"fields": ["name"], "reason": "客户来电"})
    await _risk(call, ids)
    await call("post_reconciliation", "checker", "/reconciliation")
    await call("verify_audit", "checker", "/audit/verification")
    async with db.transaction() as connection:
        await outbox.record(connection, [CouponUsed(1, 1, 1)])
    fact = await db.fetchval("UPDATE outbox SET parked_at = created_at RETURNING id")
    await call("retry_parked_fact", "checker", f"/parked-facts/{fact}/retry")


async def _risk(call: Call, ids: dict[str, str]) -> None:
    other = (await world.ids("pd"))["review_id"]
    await call("release_risk_review", "checker", f"/risk-reviews/{ids['review_id']}/release", {"reason": "r"})
    await call("refuse_risk_review", "checker", f"/risk-reviews/{other}/refuse", {"reason": "r"})
    until = clock.local_text(clock.now() + timedelta(days=1))
    new = {"list": "deny", "kind": "device", "value": "a-device", "reason": "r", "until": until}
    added = await call("post_risk_list_entry", "maker", "/risk-lists", new)
    one = f"/risk-lists/{added.json()['entry_id']}"
    await call("remove_risk_list_entry", "maker", f"{one}/remove", {"reason": "r"})


async def _coupons_for_many(call: Call) -> None:
    await publish_template("free7")
    taken = await call("import_file", "maker", "/imports?kind=audience&name=f", content=b"customer_no\nsh-customer\n")
    asked = {"template": "free7", "reason": "r", "file": taken.json()["import_id"]}
    made = await call("make_coupon_issue", "maker", "/coupon-issues", asked)
    await call("reject_coupon_issue", "checker", f"/coupon-issues/{made.json()['issue_id']}/reject", {"reason": "r"})
    await db.execute("UPDATE coupon_issue SET idempotency_key = 'done-' || id")
    made = await call("make_coupon_issue", "maker", "/coupon-issues", asked)
    one, exact = f"/coupon-issues/{made.json()['issue_id']}", {"content_hash": made.json()["content_hash"]}
    await call("approve_coupon_issue", "checker", f"{one}/approve", exact)
    for verb in ("pause", "resume", "cancel"):
        await call(f"{verb}_coupon_issue", "maker", f"{one}/{verb}")
    await db.execute("UPDATE coupon_issue SET idempotency_key = 'over-' || id")
    made = await call("make_coupon_issue", "maker", "/coupon-issues", asked)
    one = f"/coupon-issues/{made.json()['issue_id']}"
    await db.execute(
        "UPDATE coupon_issue SET state = 'checked', checker_id = 0, over_limit = true WHERE checker_id IS NULL"
    )
    await call("approve_coupon_issue_budget", "checker", f"{one}/approve-budget", exact)


async def _files(call: Call) -> None:
    taken = await call("import_file", "maker", "/imports?kind=customers&name=f", content=b"customer_no\nsh-customer\n")
    await db.execute("UPDATE import_file SET state = 'failed', failure = 'f' WHERE digest <> ''")
    for verb in ("resume", "cancel"):
        await call(f"{verb}_import", "maker", f"/imports/{taken.json()['import_id']}/{verb}")
    for verb, body in (("reject", {"reason": "r"}), ("approve", None)):
        made = await call("make_export", "maker", "/exports", {"list": "claims", "reason": verb})
        exact = {"content_hash": made.json()["content_hash"]}
        await call(f"{verb}_export", "checker", f"/exports/{made.json()['export_id']}/{verb}", body or exact)
        await db.execute("UPDATE export SET idempotency_key = 'done-' || id")


async def _people(call: Call) -> None:
    await call("put_branch", "maker", "/branches/new", {"name": "n", "parent": "sh-branch"})
    new = {"username": "somebody", "name": "n", "roles": ["maker"], "branch": "new"}
    await call("post_operator", "maker", "/operators", new)
    await call("patch_operator", "maker", "/operators/somebody", {"roles": ["support"]})
    reset = await call("reset_operator_password", "maker", "/operators/somebody/password-reset")
    await call("delete_operator_second_factor", "maker", "/operators/somebody/second-factor")
    credentials = {"username": "somebody", "password": reset.json()["one_time_password"]}
    await call("post_session", "maker", "/sessions", credentials)
    session = await db.fetchval("SELECT id FROM operator_session WHERE revoked_at IS NULL ORDER BY created_at DESC")
    await call("delete_operator_session", "maker", f"/operators/somebody/sessions/{session}")
    await call("delete_operator_sessions", "maker", "/operators/somebody/sessions")


async def _own_account(call: Call) -> None:
    password = {"current": world.PASSWORD, "new": "another-password-2"}
    await call("put_password", "checker", "/account/password", password)
    offered = await call("post_second_factor", "checker", "/account/second-factor", {"password": "another-password-2"})
    code = {"code": pyotp.TOTP(offered.json()["secret"]).at(clock.machine_now())}
    await call("confirm_second_factor", "checker", "/account/second-factor/confirmation", code)
    await operators.sign_in("hq-maker", world.PASSWORD, 8)
    session = await db.fetchval("SELECT id FROM operator_session WHERE revoked_at IS NULL ORDER BY created_at DESC")
    await call("delete_own_session", "maker", f"/sessions/{session}")
    await call("delete_session", "checker", "/sessions/current")


async def test_what_was_refused_leaves_no_entry(people: dict[str, Client]) -> None:
    before = await db.fetchval("SELECT count(*) FROM audit_entry")
    for path, body in (
        ("/small-leaflets/sh-thing/approve", None),
        ("/debts/0/write-off", {"reason": "r"}),
        ("/operators", {"username": "hq-maker", "name": "n", "roles": [], "branch": "HQ"}),
        ("/customers/nobody/reveals", {"fields": ["name"], "reason": "客户来电"}),
    ):
        assert (await people["checker"].post(path, json=body)).status_code in (404, 409)
    assert await db.fetchval("SELECT count(*) FROM audit_entry") == before


async def test_auditors_list_narrow_and_page(people: dict[str, Client]) -> None:
    auditor = people["checker"]
    page = (await auditor.get("/audit", params={"action": "configuration.write", "limit": 2})).json()
    rest = (await auditor.get("/audit", params={"action": "configuration", "cursor": page["next_cursor"]})).json()
    lines = [*page["items"], *rest["items"]]
    assert len(page["items"]) == 2
    assert len(lines) == 6
    assert {(one["operator"], one["subject"]) for one in lines} == {
        (f"{short}-op", f"{kind}/{short}-thing")
        for short in world.BRANCHES
        for kind in ("small-leaflets", "large-leaflets")
    }
    only = (await auditor.get("/audit", params={"branch": "pd-branch", "subject": "small-leaflets"})).json()["items"]
    assert [one["operator"] for one in only] == ["pd-op"]
    later = (await auditor.get("/audit", params={"from": "2100-01-01T00:00:00+08:00"})).json()["items"]
    assert later == []
    for wrong in ({"from": "2026-01-01"}, {"from": "0001-01-01T00:00:00+08:00"}, {"colour": "x"}):
        assert (await auditor.get("/audit", params=wrong)).status_code == 400


async def test_an_export_is_whole_verifiable_and_on_record(people: dict[str, Client]) -> None:
    answer = await people["checker"].get("/audit/export", params={"until": "2100-01-01T00:00:00+08:00"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [one["number"] for one in lines] == list(range(1, len(lines) + 1))
    assert (lines[-1]["action"], lines[-1]["operator"]) == ("audit.export", "hq-checker")
    for line, following in pairwise(lines):
        fields = [value for name, value in line.items() if name != "hash"]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == line["hash"] == following["previous_hash"]


async def test_a_broken_trail_is_told(people: dict[str, Client]) -> None:
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE audit_entry SET operator = 'somebody-else' WHERE number = 3")
    told = (await people["checker"].post("/audit/verification")).json()
    assert (told["intact"], [(one["number"], one["kind"]) for one in told["breaks"]]) == (False, [(3, "altered")])
    head = {"number": told["head_number"] + 50, "hash": "0" * 64}
    told = (await people["checker"].post("/audit/verification", json=head)).json()
    assert (head["number"], "cut_off") in [(one["number"], one["kind"]) for one in told["breaks"]]
