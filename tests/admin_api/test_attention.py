"""What operators see of customers and of what needs looking at: masked, of their branch, in pages."""

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from domain import approvals, customers, events, outbox
from domain.events import Event
from domain.facts import CouponUsed
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from domain.tasks import TASKS
from domain.tasks.conditions import net
from kit import clock, database
from kit import database as db
from tests.admin_api.conftest import SignIn
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.conditions.strategies import histories
from tests.domain.tasks.making import claim, cumulative, purchase, refund, settle, task
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")
LISTS = ("suspended-events", "unlinked-refunds", "parked-messages", "daily-files", "parked-facts")


@pytest.fixture
async def head_office(signed_in: SignIn) -> httpx.AsyncClient:
    return await signed_in("checker")


@pytest.fixture
async def branch(signed_in: SignIn) -> httpx.AsyncClient:
    return await signed_in("branch-maker")


async def customer(number: str, branch: str | None = "SH") -> int:
    customer_id = (await customers.ids_of([number]))[number]
    await database.execute("UPDATE customer SET name = '张小明', branch = $2 WHERE id = $1", customer_id, branch)
    return customer_id


async def test_a_customer_is_seen_masked_with_everything_that_is_theirs(head_office: httpx.AsyncClient) -> None:
    await customer("C1")
    await task("spend", cumulative("purchase.amount", 1_000, "claim", mcc={"in": ["5541"]}), automatic=False)
    made = await claim("C1", "spend")
    counts = purchase("C1", 400, occurred_at=clock.now(), mcc="5541", card_token="ct_secret", card_last4="5770")
    misses = purchase("C1", 300, occurred_at=clock.now(), mcc="5411", card_token="ct_secret")
    await events.ingest([counts, misses])
    shown = (await head_office.get("/customers/C1")).json()
    assert (shown["name"], shown["branch"], shown["experience"]) == ("张**", "SH", 0)
    [line] = shown["claims"]
    assert (line["task"], line["percent"], line["version"], line["state"]) == ("spend", 40, 1, "claimed")
    explained = (await head_office.get(f"/customers/C1/claims/{made.claim_id}/explanation")).json()
    [condition] = explained["conditions"]
    assert (explained["version"], explained["changed"]) == (1, None)
    assert [one["event_id"] for one in condition["counted"]] == [counts.event_id]
    assert [(one["event_id"], one["code"]) for one in condition["not_counted"]] == [(misses.event_id, "mcc")]
    told = await head_office.get("/customers/C1/events", params={"type": "purchase", "limit": 1})
    assert "ct_secret" not in told.text
    page = told.json()
    rest = (await head_office.get("/customers/C1/events", params={"cursor": page["next_cursor"]})).json()
    assert {one["event_id"] for one in page["items"] + rest["items"]} == {counts.event_id, misses.event_id}
    claims = (await head_office.get("/customers/C1/claims")).json()
    assert [one["claim_id"] for one in claims["items"]] == [str(made.claim_id)]


async def test_a_foreign_branch_sees_nobody_and_nothing(branch: httpx.AsyncClient) -> None:
    await customer("C1", "SZ")
    await customer("C2", None)
    stray = purchase("C1", 50, occurred_at=clock.now())
    await events.ingest([refund(stray)])
    for number in ("C1", "C2", "C999"):
        for path in ("", "/claims", "/claims/1/explanation", "/events"):
            answer = await branch.get(f"/customers/{number}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "customer.not_found")
    for name in LISTS:
        answer = await branch.get(f"/{name}")
        assert answer.status_code == 403 or answer.json()["items"] == []
    assert (await branch.post("/reconciliation")).status_code == 403
    assert (await branch.post("/parked-facts/1/retry")).status_code == 403


async def test_ids_that_are_none_are_not_there(head_office: httpx.AsyncClient) -> None:
    await customer("C1")
    for path in ("/customers/C1/claims/x/explanation", "/customers/C1/claims/99999999/explanation"):
        assert (await head_office.get(path)).json()["code"] == "claim.not_found"
    for name in LISTS:
        assert (await head_office.get(f"/{name}", params={"cursor": "nonsense"})).status_code == 400
        assert (await head_office.get(f"/{name}")).json() == {"items": [], "next_cursor": None}


async def test_a_refund_without_a_purchase_is_listed_until_the_purchase_is_told(head_office: httpx.AsyncClient) -> None:
    bought = purchase("C1", 50, occurred_at=clock.now())
    await events.ingest([refund(bought, 20)])
    [item] = (await head_office.get("/unlinked-refunds")).json()["items"]
    assert (item["customer_no"], item["amount_fen"], item["original_event_id"]) == ("C1", 20, bought.event_id)
    await events.ingest([bought])
    assert (await head_office.get("/unlinked-refunds")).json()["items"] == []


async def test_a_repeat_with_another_content_stands_beside_what_is_known(head_office: httpx.AsyncClient) -> None:
    first = purchase("C1", 50, event_id="same", occurred_at=clock.now(), card_token="ct_secret")
    await events.ingest([first])
    await events.ingest([purchase("C1", 99, event_id="same", occurred_at=first.occurred_at, card_token="ct_secret")])
    answer = await head_office.get("/suspended-events")
    [item] = answer.json()["items"]
    assert (item["known"]["amount_fen"], item["told"]["amount_fen"], item["customer_no"]) == (50, 99, "C1")
    assert "ct_secret" not in answer.text


async def test_a_parked_fact_is_tried_again(head_office: httpx.AsyncClient, signed_in: SignIn) -> None:
    async with database.transaction() as connection:
        await outbox.record(connection, [CouponUsed(1, 1, 1)])
    await database.execute("UPDATE outbox SET parked_at = now(), attempts = 12, error = 'no such loan'")
    [item] = (await head_office.get("/parked-facts")).json()["items"]
    assert (item["fact"], item["error"], item["attempts"]) == ("CouponUsed", "no such loan", 12)
    maker = await signed_in("maker")
    assert (await maker.post(f"/parked-facts/{item['fact_id']}/retry")).status_code == 403
    assert (await head_office.post(f"/parked-facts/{item['fact_id']}/retry")).status_code == 204
    assert (await head_office.post(f"/parked-facts/{item['fact_id']}/retry")).status_code == 404
    assert await database.fetchval("SELECT attempts FROM outbox WHERE parked_at IS NULL") == 0


async def test_reconciliation_names_what_is_broken(head_office: httpx.AsyncClient) -> None:
    answer = (await head_office.post("/reconciliation")).json()
    assert answer["checked"] >= 20
    assert answer["violations"] == []
    assert all(one["holds"] and one["rows"] == [] for one in answer["invariants"])
    assert len(answer["invariants"]) == answer["checked"]
    assert 0 < answer["seconds"] < 30
    await task("one", cumulative("purchase.count", 1), rewards=[{"experience": 10}])
    await events.ingest([purchase("C1")])
    await settle()
    await database.execute("UPDATE experience_account SET balance = balance + 1")
    broken = (await head_office.post("/reconciliation")).json()["violations"]
    [one] = broken
    assert (one["invariant"], one["holds"], one["violations"]) == ("experience.balance_is_the_sum", False, 1)
    assert (one["rows"][0]["balance"], one["rows"][0]["total"]) == ("11", "10")


EVERYWHERE = OperatorIdentity(1, "checker", "复核", frozenset({Role.CHECKER}), HEAD_OFFICE)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(histories(2, 8))
async def test_the_list_links_as_netting_does(database: str, time_machine: TimeMachine, history: list[Event]) -> None:
    clock.advance((max(event.occurred_at for event in history) - clock.now()).total_seconds())
    await db.execute("TRUNCATE event, suspended_event CASCADE")
    await events.ingest(history)
    stored = {one.event_id for one in await events.unlinked(EVERYWHERE, None, 100)}
    alone = {event.event_id for event in _unlinked(history)}
    assert stored == alone


def _unlinked(history: list[Event]) -> list[Event]:
    """What netting takes off by its own fields, were nothing taken back from it: each refund on its own."""
    takes = [event for event in history if event.type in ("refund", "reversal", "chargeback")]
    return [
        one
        for one in takes
        if any(
            other is one
            for other, _ in net(
                [event for event in history if event not in takes or event is one or _targeted(one, event)]
            ).unlinked
        )
    ]


def _targeted(one: Event, other: Event) -> bool:
    return one.original_event_id == other.event_id


async def test_a_checker_is_told_where_the_impact_of_a_version_is(head_office: httpx.AsyncClient) -> None:
    await task("spend", cumulative("purchase.amount", 1_000, "claim"), automatic=False)
    assert (await head_office.get("/tasks/spend")).json()["impact"] is None
    body = {"name": "消费", "kind": "growth", "content": cumulative("purchase.amount", 500, "claim"), "claim": {}}
    await approvals.save_draft(TASKS, "spend", msgspec.convert(body, TASKS.definition), MAKER)
    path = (await head_office.get("/tasks/spend")).json()["impact"]
    told = (await head_office.get(path.removeprefix("/admin/v1"))).json()
    assert (told["live_version"], told["draft_version"], told["looked_at"]) == (1, 2, 0)
