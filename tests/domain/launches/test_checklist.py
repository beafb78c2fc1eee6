"""What the checklist of a campaign finds, and what an approval makes of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain import approvals, consents, customers, events, launches
from domain.approvals import APPROVAL_LIMITS, State
from domain.audiences import AUDIENCES
from domain.campaigns import CAMPAIGNS, CampaignDefinition
from domain.consents import Decision, Purpose
from domain.launches import FORBIDDEN_WORDS, Item
from domain.launches.forbidden_words import ForbiddenWord
from domain.launches.rules import holds
from domain.messages import MESSAGE_TEMPLATES
from domain.operators import OperatorIdentity, Role
from domain.tags import TAGS
from kit import clock
from kit import database as db
from kit.errors import NotFound, RuleViolated
from server.kinds import KINDS
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import CHECKER, MAKER, publish, publish_template
from tests.domain.simulation.stage import made
from tests.domain.tasks.among import audience, tag, worked_out
from tests.domain.tasks.making import cumulative, purchase, task

RULES = "活动期间加油满额得券。借款年化利率18%。"
LAUNCHED = next(kind for kind in KINDS if kind.name == "campaigns")
WORDS = {
    "name": "禁用词",
    "words": [
        {"word": "最", "why": "绝对化用语", "unless": ["最低", "最后"]},
        {"word": "稳赚", "why": "承诺收益"},
    ],
}


def document(**changes: Any) -> dict[str, Any]:
    later = clock.local_text(clock.now() + timedelta(days=30))
    return {"name": "秋日焕新", "type": "use", "rules": RULES, "window": {"until": later}, **changes}


BOLD = document(rules="稳赚不赔，年化18%")


async def campaign(**changes: Any) -> None:
    await publish(CAMPAIGNS, "autumn", document(**changes))


async def items(check: str | None = None) -> list[tuple[str, str]]:
    found = await launches.checklist("autumn", MAKER)
    return [(one.status, one.path) for one in found.items if check in (None, one.check)]


def statuses(found: Sequence[Item], check: str) -> set[str]:
    return {one.status for one in found if one.check == check}


async def limits(checklist: str) -> None:
    await publish(APPROVAL_LIMITS, "default", {"budget_fen": 10**12, "checklist": checklist})


@pytest.fixture
async def ready(database: str) -> None:
    """A campaign with all it needs: a list, a budget that covers everything, a task, a coupon."""
    await publish(FORBIDDEN_WORDS, "default", WORDS)
    await customers.ids_of(["C1"])
    await campaign(trial={"customers": ["C1"]}, budget={"total_fen": 1_000_000})
    await publish_template("free7", campaign="autumn", stock=100, cost_fen=350)
    await publish(MESSAGE_TEMPLATES, "done", {"name": "完成", "title": "完成", "body": "任务完成"})
    await task(
        "gas",
        cumulative("purchase.count", 1),
        campaign="autumn",
        summary="加油一次",
        rewards=[{"coupon": "free7"}],
        messages={"completed": "done"},
    )


async def test_what_is_ready_passes_every_check(ready: None) -> None:
    found = await launches.checklist("autumn", MAKER)
    assert [(one.check, one.path) for one in found.items if one.status != "pass"] == []
    assert {one.check for one in found.items} == {
        "window",
        "audience",
        "texts",
        "words",
        "rate",
        "contents",
        "references",
        "forecast",
        "stock",
        "budget",
    }


@pytest.mark.parametrize(
    ("changes", "check", "expected"),
    [
        ({"rules": "稳赚不赔，年化18%"}, "words", ("fail", "rules")),
        ({"name": "最好的活动"}, "words", ("fail", "name")),
        ({"rules": "最低消费100元，年化18%"}, "words", ("pass", "")),
        ({"rules": "没有写利率"}, "rate", ("fail", "rules")),
        ({"rules": "年化利率另行通知"}, "rate", ("fail", "rules")),
        ({"rules": " "}, "texts", ("fail", "rules")),
        ({"window": {}}, "window", ("warn", "window.until")),
        ({"window": {"until": "2020-01-01T00:00:00+08:00"}}, "window", ("fail", "window.until")),
        ({"trial": None}, "audience", ("pass", "trial")),
        ({"budget": {"total_fen": 1_000}}, "budget", ("warn", "budget.total_fen")),
        ({"budget": None}, "budget", ("warn", "budget")),
    ],
)
async def test_the_draft_of_a_campaign_is_looked_at(
    ready: None, changes: dict[str, Any], check: str, expected: tuple[str, str]
) -> None:
    body = document(trial={"customers": ["C1"]}, budget={"total_fen": 1_000_000}) | changes
    await approvals.save_draft(CAMPAIGNS, "autumn", msgspec.convert(body, CampaignDefinition), MAKER)
    assert await items(check) == [expected]


@pytest.mark.parametrize(
    ("members", "agreeing", "expected"),
    [
        (["C1", "C2"], ["C1"], [("pass", "面向客群2人，可触达：短信1人、微信0人、推送0人")]),
        (["C2"], [], [("warn", "面向客群1人，可触达：短信0人、微信0人、推送0人")]),
        ([], [], [("fail", "活动的客群里没有客户")]),
        (None, [], [("fail", "活动的客群没有生效，没有人能参加")]),
    ],
)
async def test_the_audience_is_live_has_members_and_can_be_reached(
    database: str, members: list[str] | None, agreeing: list[str], expected: list[tuple[str, str]]
) -> None:
    await audience("payers", *(members or []))
    agreed = [Decision(one, Purpose.MARKETING_SMS, True, "h5") for one in (await customers.ids_of(agreeing)).values()]
    async with db.transaction() as connection:
        await consents.record(connection, agreed)
    await campaign(audience="payers")
    if members is None:
        await approvals.end(AUDIENCES, "payers", CHECKER)
    found = (await launches.checklist("autumn", MAKER)).items
    assert [(one.status, one.text) for one in found if one.path == "audience"] == expected


async def test_of_the_white_list_those_count_who_belong_to_the_audience(database: str) -> None:
    await audience("payers", "C1", "C2")
    await audience("staff", "C2", "C3")
    await campaign(audience="payers", trial={"audience": "staff"})
    found = {one.path: (one.status, one.text) for one in (await launches.checklist("autumn", MAKER)).items}
    assert found["trial"] == ("pass", "先对白名单（且属于客群）开放，共1人")
    await publish_template("free7", campaign="autumn", stock=1, per_person=2, issue={"centre": True})
    assert ("warn", "coupon-templates/free7.stock") in await items("stock")
    await worked_out("staff", "C3")
    assert ("fail", "trial") in await items("audience")


async def test_audiences_and_tags_it_refers_to_must_be_live(ready: None) -> None:
    await audience("payers", "C1")
    await tag("loves_food")
    rule = {"task": "gas", "when": {"tag": {"tag": "loves_food", "is": True}, "audience": ["payers"]}}
    follow_ups = {"mode": "pool", "rules": [rule]}
    terms = {"campaign": "autumn", "summary": "加油"}
    await task("more", cumulative("purchase.count", 1), visible={"audience": "payers"}, follow_ups=follow_ups, **terms)
    await publish_template("free8", campaign="autumn", issue={"centre": True, "exclude": "payers"})
    assert await items("references") == [("pass", "")]
    await approvals.pause(AUDIENCES, "payers", CHECKER)
    await approvals.pause(TAGS, "loves_food", CHECKER)
    assert await items("references") == [
        ("fail", "tasks/more.visible.audience"),
        ("fail", "tasks/more.follow_ups.rules[0].when.audience[0]"),
        ("fail", "tasks/more.follow_ups.rules[0].when.tag.tag"),
        ("fail", "coupon-templates/free8.issue.exclude"),
    ]


async def test_what_belongs_to_it_is_looked_at_too(ready: None) -> None:
    await publish_template("loud", name="最强券", campaign="autumn", stock=1, cost_fen=0)
    await benefit("coffee", campaign="autumn", cost_fen=0, how_to_use="")
    assert await items("words") == [("fail", "coupon-templates/loud.name")]
    assert ("fail", "benefits/coffee.stock") in await items("stock")
    assert ("warn", "benefits/coffee.how_to_use") in await items("texts")
    assert [(one.kind, one.code) for one in (await launches.contents("autumn", MAKER)).all] == [
        ("tasks", "gas"),
        ("coupon-templates", "free7"),
        ("coupon-templates", "loud"),
        ("benefits", "coffee"),
    ]


async def test_what_it_refers_to_must_be_there(ready: None) -> None:
    await approvals.pause(MESSAGE_TEMPLATES, "done", CHECKER)
    assert await items("messages") == [("fail", "tasks/gas.messages.completed")]
    template = next(kind for kind in KINDS if kind.name == "coupon-templates")
    await approvals.pause(template, "free7", CHECKER)
    assert ("fail", "tasks/gas.rewards[0].coupon") in await items("references")


async def test_without_a_table_of_words_that_is_said(database: str) -> None:
    await campaign()
    assert await items("words") == [("warn", "")]
    assert await items("contents") == [("warn", "")]
    assert await items("audience") == [("warn", "trial")]


async def test_another_branch_sees_neither(ready: None) -> None:
    branch = OperatorIdentity(9, "sh", "分行", frozenset({Role.MAKER}), "SH")
    for ask in (launches.checklist, launches.contents):
        with pytest.raises(NotFound):
            await ask("autumn", branch)


async def test_an_approval_waits_for_the_checklist_where_the_limits_say_so(ready: None) -> None:
    bad = msgspec.convert(BOLD, CampaignDefinition)
    await approvals.save_draft(LAUNCHED, "autumn", bad, MAKER)
    await approvals.submit(LAUNCHED, "autumn", MAKER)
    await limits("refuse")
    with pytest.raises(RuleViolated) as refused:
        await approvals.approve(LAUNCHED, "autumn", CHECKER)
    assert refused.value.code == "campaign.checklist_failed"
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("rules", "campaign.checklist.words")]
    state = await db.fetchval("SELECT state FROM configuration WHERE code = 'autumn' AND version = 2")
    assert state == State.SUBMITTED


async def test_elsewhere_it_is_only_shown(ready: None) -> None:
    await limits("show")
    await approvals.save_draft(
        LAUNCHED, "autumn", msgspec.convert(BOLD | {"budget": {"total_fen": 1_000_000}}, CampaignDefinition), MAKER
    )
    await approvals.submit(LAUNCHED, "autumn", MAKER)
    assert (await approvals.approve(LAUNCHED, "autumn", CHECKER)).state == State.LIVE


@pytest.mark.parametrize(
    ("text", "found"), [("最好", True), ("最低价", False), ("最低价里最好", True), ("", False), ("最后最低", False)]
)
def test_a_word_may_stand_within_longer_ones(text: str, found: bool) -> None:
    assert holds(text, ForbiddenWord("最", "绝对化", ["最低", "最后"])) is found


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ([{"word": "最", "why": "x"}, {"word": "最", "why": "y"}], "words[1].word"),
        ([{"word": "最", "why": "x", "unless": ["第一"]}], "words[0].unless[0]"),
    ],
)
async def test_an_impossible_table_of_words_is_refused(database: str, words: list[Any], path: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await publish(FORBIDDEN_WORDS, "default", {"name": "x", "words": words})
    assert [fault.path for fault in refused.value.faults] == [path]


async def test_a_task_in_the_making_is_held_against_what_was_forecast_of_it(ready: None) -> None:
    await db.execute("UPDATE configuration SET state = 'draft', live_at = NULL WHERE kind = 'tasks' AND code = 'gas'")

    async def said() -> str:
        [line] = [one for one in (await launches.checklist("autumn", MAKER)).items if one.check == "forecast"]
        assert line.path == ("" if line.status == "pass" else "tasks/gas")
        return f"{line.status} {line.text}"

    none, fits, exceeds = (
        "warn “gas”的现有内容还没有预测",
        "pass 按预测，预算足够",
        "warn 按预测，“gas”的奖励会用完预算",
    )
    assert await said() == none
    await customers.ids_of(["C1"])
    await events.ingest([purchase("C1", occurred_at=clock.now() - timedelta(days=2))])
    await made("tasks", "gas", *_last_days())
    assert await said() == fits
    await campaign(budget={"total_fen": 100})
    await made("campaigns", "autumn", *_last_days())
    assert await said() == exceeds
    await db.execute("UPDATE configuration SET content_hash = repeat('1', 64) WHERE kind = 'tasks' AND code = 'gas'")
    assert await said() == none


def _last_days() -> tuple[str, str]:
    return tuple((clock.today() - timedelta(days=days)).isoformat() for days in (10, 1))  # type: ignore[return-value]
