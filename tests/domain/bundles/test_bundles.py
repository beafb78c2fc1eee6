"""Configurations between environments: all or nothing, exactly what was taken out, and as drafts."""

from typing import Any

import msgspec
import pytest

from domain import approvals, bundles, launches
from domain.approvals import State
from domain.audiences import AUDIENCES
from domain.bundles import FORMAT, Bundle, BundleDocument
from domain.campaigns import CAMPAIGNS
from domain.messages import MESSAGE_TEMPLATES
from domain.operators import OperatorIdentity, Role
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound, RuleViolated
from server.kinds import KINDS
from tests.domain.campaigns.stage import document
from tests.domain.coupons.stage import CHECKER, MAKER, publish, publish_template
from tests.domain.tasks.among import audience, tag
from tests.domain.tasks.making import cumulative, task

AUDITOR = OperatorIdentity(9, "auditor", "审计", frozenset({Role.AUDITOR}), "HQ")
BRANCH = OperatorIdentity(8, "sh", "分行", frozenset({Role.MAKER}), "SH")


@pytest.fixture
async def autumn(database: str) -> Bundle:
    """A campaign with a task, a coupon and a message, taken out."""
    await publish(CAMPAIGNS, "autumn", document(1_000_000))
    await publish_template("free7", campaign="autumn")
    await publish(MESSAGE_TEMPLATES, "done", {"name": "完成", "title": "完成", "body": "任务完成"})
    await task(
        "gas",
        cumulative("purchase.count", 1),
        campaign="autumn",
        rewards=[{"coupon": "free7"}],
        messages={"completed": "done"},
    )
    return await bundles.take_out(await launches.belonging("autumn", MAKER), MAKER)


async def elsewhere() -> None:
    """As another environment that knows nothing of it."""
    await db.execute("TRUNCATE configuration CASCADE")
    await db.execute("UPDATE revision SET number = number + 1")


async def bring_in(bundle: Bundle, *, dry_run: bool = False) -> list[tuple[str, str, str]]:
    done = await bundles.bring_in(KINDS, bundle, MAKER, dry_run=dry_run)
    return [(one.kind, one.code, one.outcome) for one in done]


async def count() -> int:
    return int(await db.fetchval("SELECT count(*) FROM configuration"))


async def test_a_campaign_comes_whole_and_arrives_as_drafts(autumn: Bundle) -> None:
    assert [(one.kind, one.code) for one in autumn.documents] == [
        ("campaigns", "autumn"),
        ("tasks", "gas"),
        ("coupon-templates", "free7"),
        ("message-templates", "done"),
    ]
    await elsewhere()
    expected = [
        ("campaigns", "autumn", "new"),
        ("coupon-templates", "free7", "new"),
        ("message-templates", "done", "new"),
        ("tasks", "gas", "new"),
    ]
    assert await bring_in(autumn, dry_run=True) == expected
    assert await count() == 0
    assert await bring_in(autumn) == expected
    drafts = await db.fetch("SELECT code, state, content_hash, maker_id FROM configuration")
    hashes = {one.code: one.content_hash for one in autumn.documents}
    assert {(one["code"], one["state"], one["maker_id"]) for one in drafts} == {
        (code, State.DRAFT, MAKER.operator_id) for code in hashes
    }
    assert {one["code"]: one["content_hash"] for one in drafts} == hashes
    # What its references are not live yet for cannot be submitted before them.
    with pytest.raises(RuleViolated):
        await approvals.submit(next(kind for kind in KINDS if kind.name == "tasks"), "gas", MAKER)


async def test_audiences_and_tags_come_with_what_asks_for_them_and_those_they_ask_for(database: str) -> None:
    await tag("loves_food")
    await tag("hungry")
    for code, rule in (
        ("eaters", {"rule": {"tag": "loves_food", "is": True}}),
        ("others", {"combination": {"not": "eaters"}}),
        ("staff", {"rule": {"field": "customer_no", "in": ["C1"]}}),
        ("unused", {"rule": {"field": "customer_no", "in": ["C2"]}}),
    ):
        await publish(AUDIENCES, code, {"name": code, **rule})
    await publish(CAMPAIGNS, "autumn", document(None) | {"audience": "staff"})
    rule = {"task": "gas", "when": {"tag": {"tag": "hungry", "is": True}, "audience": ["staff", "others"]}}
    await task("gas", cumulative("purchase.count", 1))
    await task(
        "more",
        cumulative("purchase.count", 1),
        campaign="autumn",
        visible={"audience": "others", "exclude": "staff"},
        follow_ups={"mode": "pool", "rules": [rule]},
    )
    await publish_template("free7", campaign="autumn", issue={"centre": True, "audience": "others"})
    wanted = await launches.belonging("autumn", MAKER)
    assert wanted == [
        ("campaigns", "autumn"),
        ("tasks", "more"),
        ("coupon-templates", "free7"),
        ("audiences", "eaters"),
        ("audiences", "others"),
        ("audiences", "staff"),
        ("tags", "hungry"),
        ("tags", "loves_food"),
    ]
    bundle = await bundles.take_out([*wanted, ("tasks", "gas")], MAKER)
    await elsewhere()
    assert {outcome for _, _, outcome in await bring_in(bundle)} == {"new"}
    assert await count() == len(wanted) + 1


async def test_an_audience_that_neither_comes_along_nor_is_here_is_refused(database: str) -> None:
    await audience("payers", "C1")
    await task("gas", cumulative("purchase.count", 1), visible={"audience": "payers"})
    bundle = await bundles.take_out([("tasks", "gas")], MAKER)
    await elsewhere()
    with pytest.raises(RuleViolated) as refused:
        await bring_in(bundle)
    assert [one.path for one in refused.value.faults] == ["documents[0].body.visible.audience"]
    assert await count() == 0


async def test_the_same_bundle_again_changes_nothing(autumn: Bundle) -> None:
    before = await count()
    assert {outcome for _, _, outcome in await bring_in(autumn)} == {"same"}
    assert await count() == before


async def test_what_differs_is_a_new_draft(autumn: Bundle) -> None:
    for one in autumn.documents:
        if one.kind == "tasks":
            one.body, one.content_hash = {**one.body, "name": "新名"}, None
    assert ("tasks", "gas", "changed") in await bring_in(autumn)
    reading = await approvals.read("tasks", "gas", MAKER)
    assert (reading.latest.state, reading.latest.body["name"]) == (State.DRAFT, "新名")


def changed(bundle: Bundle, of: str, /, **changes: Any) -> Bundle:
    documents = [msgspec.structs.replace(one) for one in bundle.documents]
    for one in documents:
        if one.kind == of:
            for name, value in changes.items():
                setattr(one, name, value)
    return Bundle(FORMAT, documents)


@pytest.mark.parametrize(
    ("kind", "changes", "path", "code"),
    [
        ("tasks", {"content_hash": "0" * 64}, "documents[1].content_hash", "bundle.content_changed"),
        ("tasks", {"kind": "nothing"}, "documents[1].kind", "bundle.unknown_kind"),
        ("tasks", {"body": {"name": 1}, "content_hash": None}, "documents[1].body", "bundle.invalid"),
        ("coupon-templates", {"code": "other"}, "documents[1].body.rewards[0].coupon", "task.unknown_reference"),
        ("message-templates", {"code": "other"}, "documents[1].body.messages.completed", "task.unknown_reference"),
    ],
)
async def test_one_fault_refuses_all_of_it_by_path(
    autumn: Bundle, kind: str, changes: dict[str, Any], path: str, code: str
) -> None:
    await elsewhere()
    for dry_run in (True, False):
        with pytest.raises(RuleViolated) as refused:
            await bring_in(changed(autumn, kind, **changes), dry_run=dry_run)
        assert (path, code) in [(fault.path, fault.code) for fault in refused.value.faults]
    assert await count() == 0


async def test_a_document_twice_is_refused(autumn: Bundle) -> None:
    await elsewhere()
    with pytest.raises(RuleViolated) as refused:
        await bring_in(Bundle(FORMAT, [*autumn.documents, autumn.documents[0]]))
    assert refused.value.faults[0].code == "bundle.repeated"
    assert await count() == 0


async def test_what_waits_for_a_checker_is_not_written_over_and_nothing_else_comes_in(autumn: Bundle) -> None:
    kind = next(kind for kind in KINDS if kind.name == "message-templates")
    body = {"name": "完成", "title": "完成了", "body": "任务完成"}
    await approvals.save_draft(kind, "done", msgspec.convert(body, kind.definition), MAKER)
    await approvals.submit(kind, "done", MAKER)
    before = await count()
    bundle = changed(autumn, "campaigns", body={**autumn.documents[0].body, "name": "冬"}, content_hash=None)
    with pytest.raises(Conflict):
        await bring_in(bundle)
    assert await count() == before


async def test_only_makers_bring_in_and_everybody_only_their_own(autumn: Bundle) -> None:
    for who, refusal in ((CHECKER, Forbidden), (AUDITOR, Forbidden), (BRANCH, NotFound)):
        with pytest.raises(refusal):
            await bundles.bring_in(
                KINDS,
                changed(autumn, "tasks", body={**autumn.documents[1].body, "name": "x"}, content_hash=None),
                who,
                dry_run=False,
            )
    with pytest.raises(NotFound):
        await bundles.take_out([("tasks", "gas")], BRANCH)
    with pytest.raises(NotFound):
        await bundles.take_out([("tasks", "nothing")], MAKER)


async def test_what_is_taken_out_is_live_and_not_the_draft(autumn: Bundle) -> None:
    live = autumn.documents[0]
    body = {**live.body, "name": "草稿"}
    await approvals.save_draft(CAMPAIGNS, "autumn", msgspec.convert(body, CAMPAIGNS.definition), MAKER)
    [again] = (await bundles.take_out([("campaigns", "autumn")], MAKER)).documents
    assert again == BundleDocument("campaigns", "autumn", live.body, live.content_hash, 1, "live")
