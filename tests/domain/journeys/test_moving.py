"""A journey among other configurations: it moves with its campaign, to another environment, and to a code of its own."""

import pytest

from domain import approvals, bundles
from domain.audiences import AUDIENCES
from domain.campaigns import CAMPAIGNS
from domain.journeys import JOURNEYS
from domain.launches import checklist, contents
from domain.launches.references import references
from domain.tasks import TASKS
from kit import database as db
from kit.errors import RuleViolated
from server.kinds import KINDS
from tests.domain.campaigns.stage import document as campaign_document
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.journeys.stage import END, GIFT, document, things
from tests.domain.tasks.making import cumulative, task

STEPS = {
    "ask": {
        "type": "split",
        "branches": [{"name": "vip", "when": {"audience": ["vip"]}, "next": "gift"}],
        "otherwise": "offer",
    },
    **GIFT,
    "offer": {"type": "task", "task": "fuel", "next": "wait"},
    "wait": {"type": "wait_for", "task_completed": "fuel", "timeout": {"days": 1}, "next": "end", "timed_out": "end"},
    "end": END,
}
NAMED = {
    ("trigger.audience_entered", "audiences", "vip"),
    ("goal.coupon_used", "coupon-templates", "free7"),
    ("steps.ask.branches[0].when.audience[0]", "audiences", "vip"),
    ("steps.gift.coupon", "coupon-templates", "free7"),
    ("steps.tell.template", "message-templates", "hello"),
    ("steps.offer.task", "tasks", "fuel"),
    ("steps.wait.task_completed", "tasks", "fuel"),
}


@pytest.fixture
async def version(database: str) -> approvals.Version:
    """A live journey of a campaign, with something of every kind in it."""
    await things()
    await task("fuel", cumulative("purchase.count", 1), automatic=False)
    await publish(AUDIENCES, "vip", {"name": "贵宾", "file": {}})
    await publish(CAMPAIGNS, "spring", campaign_document(None))
    body = document(
        STEPS,
        first="ask",
        campaign="spring",
        trigger={"audience_entered": "vip"},
        goal={"coupon_used": "free7", "within_days": 5},
    )
    return await publish(JOURNEYS, "care", body)


async def test_it_belongs_to_its_campaign_with_all_it_names(version: approvals.Version) -> None:
    assert set(references("journeys", version.body)) == NAMED
    found = await contents("spring", MAKER)
    assert [one.code for one in found.journeys] == ["care"]
    items = {item.check: item.status for item in (await checklist("spring", MAKER)).items}
    assert items["references"] == "pass"
    await approvals.end(TASKS, "fuel", MAKER)
    failed = [item.path for item in (await checklist("spring", MAKER)).items if item.check == "references"]
    assert sorted(failed) == ["journeys/care.steps.offer.task", "journeys/care.steps.wait.task_completed"]


async def test_it_comes_with_what_it_names_or_is_refused(version: approvals.Version) -> None:
    named = sorted({(kind, code) for _, kind, code in NAMED} | {("campaigns", "spring"), ("journeys", "care")})
    whole = await bundles.take_out(named, MAKER)
    alone = await bundles.take_out([("journeys", "care")], MAKER)
    async with db.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("DELETE FROM configuration")
    await db.execute("UPDATE revision SET number = number + 1")
    with pytest.raises(RuleViolated, match=r"bundle\.impossible") as refusal:
        await bundles.bring_in(KINDS, alone, MAKER, dry_run=False)
    paths = {fault.path.removeprefix("documents[0].body.") for fault in refusal.value.faults}
    assert paths == {path for path, _, _ in NAMED} | {"campaign"}
    done = await bundles.bring_in(KINDS, whole, MAKER, dry_run=False)
    assert {one.outcome for one in done} == {"new"}


async def test_it_is_copied_and_compared(version: approvals.Version) -> None:
    copied = (await approvals.copy(JOURNEYS, "care", "again", MAKER)).version
    assert (copied.code, copied.state, copied.body["steps"]) == ("again", "draft", version.body["steps"])
    found = approvals.differences(version.body, {**version.body, "first": "offer"})
    assert [one.path for one in found] == ["first"]
