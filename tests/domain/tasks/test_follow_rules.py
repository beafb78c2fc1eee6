"""Chains and pools as written: circles found, shares even and for ever, faults named by path."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import approvals, tasks
from domain.operators import OperatorIdentity, Role
from domain.tasks.definition import TaskDefinition
from domain.tasks.follow_rules import circle_through
from domain.tasks.follow_text import rule_text
from domain.tasks.follow_when import bucket_of
from kit.errors import RuleViolated
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.tasks.following import NEVER, ONCE, chain, offer, pool, step
from tests.domain.tasks.making import cumulative, overtaken

CODES = "abcdef"
GRAPHS = st.dictionaries(st.sampled_from(CODES), st.lists(st.sampled_from(CODES), max_size=4))
EITHER = {"any": [cumulative("purchase.count", 1), {"all": [ONCE, NEVER]}]}


def simple_circles(edges: dict[str, list[str]], start: str) -> list[list[str]]:
    """Every way from `start` to itself that passes nothing twice, by trying all."""
    found: list[list[str]] = []

    def walk(way: list[str]) -> None:
        for following in edges.get(way[-1], ()):
            if following == start:
                found.append([*way, start])
            elif following not in way:
                walk([*way, following])

    walk([start])
    return found


@given(GRAPHS, st.sampled_from(CODES))
def test_a_circle_is_found_exactly_where_there_is_one_and_the_shortest_is_told(
    edges: dict[str, list[str]], start: str
) -> None:
    circles = simple_circles(edges, start)
    told = circle_through(edges, start)
    if not circles:
        assert told is None
        return
    assert told is not None
    assert told[0] == told[-1] == start
    assert all(following in edges[task] for task, following in pairwise(told))
    assert len(told) == min(map(len, circles))


@given(st.integers(1, 2**62), st.sampled_from(["first", "加油", "x"]))
def test_a_share_is_always_the_same_and_below_a_hundred(customer_id: int, code: str) -> None:
    assert 0 <= bucket_of(code, customer_id) < 100
    assert bucket_of(code, customer_id) == bucket_of(code, customer_id)


def test_shares_are_even_and_those_of_two_tasks_have_nothing_to_do_with_each_other() -> None:
    people = range(10_000)
    below = [customer for customer in people if bucket_of("first", customer) < 30]
    assert abs(len(below) - 3000) < 200
    assert abs(sum(bucket_of("second", customer) < 50 for customer in below) - len(below) / 2) < 150
    assert bucket_of("first", 1) == 79.3  # a share that changes would change the halves of a running test


async def faults_of(follow_ups: Any, code: str = "first", content: Any = ONCE) -> list[tuple[str, str]]:
    with pytest.raises(RuleViolated) as refused:
        await tasks.TASKS.check(code, definition(follow_ups, content))
    return [(fault.path.removeprefix("follow_ups."), fault.code) for fault in refused.value.faults]


def definition(follow_ups: Any, content: Any = ONCE) -> TaskDefinition:
    body = {"name": "一", "kind": "growth", "content": content, "follow_ups": follow_ups}
    return msgspec.convert(body, TaskDefinition)


@pytest.mark.parametrize(
    ("follow_ups", "fault"),
    [
        ({"mode": "chain", "rules": []}, ("rules", "task.chain_one_step")),
        ({"mode": "chain", "rules": [offer("next"), offer("next")]}, ("rules", "task.chain_one_step")),
        ({**chain("next"), "open_offers": 2}, ("open_offers", "task.chain_offers_nothing")),
        (chain("next", claim="offer"), ("rules[0].claim", "task.chain_offers_nothing")),
        (pool(), ("rules", "task.follow_up_rules")),
        (pool(*[offer("next")] * 21), ("rules", "task.follow_up_rules")),
        (chain("nowhere"), ("rules[0].task", "task.unknown_reference")),
        (pool(offer("next"), offer("nowhere")), ("rules[1].task", "task.unknown_reference")),
        (chain("next", message="no-template"), ("rules[0].message", "task.unknown_reference")),
        (chain("first"), ("rules[0].task", "task.follow_up_circle")),
        (pool(offer("next", colour="red")), ("rules[0].when.colour", "task.unknown_when")),
        (pool(offer("next", tag="vip")), ("rules[0].when.tag", "task.wrong_when")),
        (pool(offer("next", tag={"tag": "vip", "is": True})), ("rules[0].when.tag.tag", "tag.unknown_reference")),
        (pool(offer("next", audience="vips")), ("rules[0].when.audience", "audience.unknown_reference")),
        (pool(offer("next", stage="vip")), ("rules[0].when.stage", "task.wrong_when")),
        (pool(offer("next", stage=[])), ("rules[0].when.stage", "task.wrong_when")),
        (pool(offer("next", level={"at_least": -1})), ("rules[0].when.level.at_least", "task.wrong_when")),
        (pool(offer("next", level={"over": 1})), ("rules[0].when.level", "task.wrong_when")),
        (pool(offer("next", level={"at_least": 2, "at_most": 1})), ("rules[0].when.level", "task.impossible_when")),
        (pool(offer("next", status={"vip": True})), ("rules[0].when.status", "task.wrong_when")),
        (pool(offer("next", status={"tag.vip": [1]})), ("rules[0].when.status", "task.wrong_when")),
        (pool(offer("next", share={"from": 50, "to": 50})), ("rules[0].when.share.to", "task.impossible_share")),
        (pool(offer("next", share={"from": 0, "to": 101})), ("rules[0].when.share.to", "task.wrong_when")),
        (pool(offer("next", share={"from": 0})), ("rules[0].when.share", "task.wrong_when")),
        (
            pool(offer("next", completed={"within_days": 0})),
            ("rules[0].when.completed.within_days", "task.wrong_when"),
        ),
        (
            pool(offer("next", completed={"turn": {"at_least": 3, "at_most": 2}})),
            ("rules[0].when.completed.turn", "task.impossible_when"),
        ),
        (
            pool(offer("next", completed={"conditions": ["content", "content.all[0]"]})),
            ("rules[0].when.completed.conditions[1]", "task.unknown_condition"),
        ),
        (
            pool(offer("next", completed={"conditions": [0, 1]})),
            ("rules[0].when.completed.conditions[1]", "task.unknown_condition"),
        ),
    ],
)
async def test_what_could_never_work_is_refused(database: str, follow_ups: Any, fault: tuple[str, str]) -> None:
    await step("next")
    assert await faults_of(follow_ups) == [fault]


async def test_an_unknown_word_is_told_with_those_we_know(database: str) -> None:
    await step("next")
    with pytest.raises(RuleViolated) as refused:
        await tasks.TASKS.check("first", definition(pool(offer("next", colour="red"))))
    assert refused.value.faults[0].detail == (
        "one of stage, level, card_product, branch, status, tag, audience, completed, share"
    )


async def test_conditions_are_named_by_place_or_path_also_groups(database: str) -> None:
    await step("next")
    names = [0, 1, 2, "content", "content.any[0]", "content.any[1]", "content.any[1].all[0]"]
    await tasks.TASKS.check("first", definition(pool(offer("next", completed={"conditions": names})), EITHER))


async def test_a_circle_over_what_is_live_is_refused_with_its_way(database: str) -> None:
    await step("c")
    await step("b", follow_ups=chain("c"))
    await step("a", follow_ups=pool(offer("c"), offer("b")))
    with pytest.raises(RuleViolated) as refused:
        await tasks.TASKS.check("c", definition(pool(offer("b"), offer("a"))))
    assert [(fault.path, fault.detail) for fault in refused.value.faults] == [
        ("follow_ups.rules[0].task", "c → b → c"),
        ("follow_ups.rules[1].task", "c → a → c"),
    ]


async def test_a_paused_task_still_closes_a_circle_and_one_that_ended_does_not(database: str) -> None:
    await step("b")
    await step("a", follow_ups=chain("b"))
    await approvals.pause(tasks.TASKS, "a", MAKER)
    assert await faults_of(chain("a"), "b") == [
        ("rules[0].task", "task.unknown_reference"),
        ("rules[0].task", "task.follow_up_circle"),
    ]
    await approvals.end(tasks.TASKS, "a", MAKER)
    assert await faults_of(chain("a"), "b") == [("rules[0].task", "task.unknown_reference")]


async def _draft(code: str, following: str) -> None:
    await approvals.save_draft(tasks.TASKS, code, definition(chain(following)), MAKER)
    await approvals.submit(tasks.TASKS, code, MAKER)


async def test_two_drafts_that_close_a_circle_together_never_both_go_live(database: str) -> None:
    await step("a")
    await step("b")
    await _draft("a", "b")
    await _draft("b", "a")
    await approvals.approve(tasks.TASKS, "a", CHECKER)
    with pytest.raises(RuleViolated, match=r"task\.follow_up_circle.*b → a → b"):
        await approvals.approve(tasks.TASKS, "b", CHECKER)
    assert (await approvals.read("tasks", "b", MAKER)).latest.state == "submitted"


async def test_two_approvals_at_the_same_moment_close_no_circle_either(database: str) -> None:
    await step("a")
    await step("b")
    await _draft("a", "b")
    await _draft("b", "a")

    async def first(connection: Any) -> None:
        await approvals.approve(tasks.TASKS, "a", CHECKER)

    async def second() -> str:
        try:
            await approvals.approve(tasks.TASKS, "b", CHECKER)
        except RuleViolated as refused:
            return refused.code
        return "approved"

    assert await overtaken(first, second) == "task.follow_up_circle"


async def test_the_graph_tells_what_leads_here_and_on_with_drafts_apart(database: str) -> None:
    await step("c")
    await step("b", follow_ups=chain("c"))
    await step("a", follow_ups=pool(offer("b", stage="payer", share={"from": 0, "to": 50})))
    await step("other")
    await approvals.save_draft(tasks.TASKS, "c", definition(chain("other")), MAKER)
    await step("alone")
    graph = await tasks.graph(MAKER, "b")
    assert [(node.task, node.state) for node in graph.nodes] == [(code, "live") for code in ("a", "b", "c", "other")]
    assert [(edge.source, edge.target, edge.draft, edge.label) for edge in graph.edges] == [
        ("a", "b", False, "1. 阶段 支付 · 占比 0–50%：推荐"),
        ("b", "c", False, "自动领取"),
        ("c", "other", True, "自动领取"),
    ]
    assert (await tasks.graph(MAKER)).nodes == graph.nodes
    assert [node.task for node in (await tasks.graph(MAKER, "alone")).nodes] == ["alone"]


async def test_a_branch_is_told_only_the_code_of_what_is_not_its_own(database: str) -> None:
    await step("hq-task")
    shanghai = OperatorIdentity(3, "sh", "上海", frozenset({Role.MAKER}), "SH")
    await approvals.save_draft(tasks.TASKS, "own", definition(chain("hq-task")), shanghai)
    graph = await tasks.graph(shanghai, "own")
    assert [(node.task, node.name, node.state) for node in graph.nodes] == [
        ("hq-task", "hq-task", "absent"),
        ("own", "一", "draft"),
    ]


def test_a_rule_reads_like_a_sentence() -> None:
    when = {
        "stage": ["payer", "wealth"],
        "level": {"at_least": 1, "at_most": 2},
        "card_product": "gold",
        "branch": ["SH", "BJ"],
        "status": {"tag.vip": True, "autopay.enabled": False},
        "completed": {"within_days": 7, "turn": {"at_least": 2}, "conditions": [0, "content.any[1]"]},
    }
    follow_ups = definition(pool(offer("next", **when))).follow_ups
    assert follow_ups is not None
    assert rule_text(follow_ups, 0) == (
        "1. 阶段 支付、理财 · 等级 1–2 · 卡产品 gold · 分行 SH、BJ · tag.vip 为是 · autopay.enabled 为否"
        " · 领取后7天内完成 · 完成次数 ≥2 · 达成条件 第1个、content.any[1]：推荐"
    )


def test_a_rule_of_tags_and_audiences_reads_like_one_too() -> None:
    tests = [
        {"tag": "loves_food", "is": True},
        {"tag": "taste", "is": "甜"},
        {"tag": "city", "in": ["上海", "北京"]},
        {"tag": "spent", "at_least": 100},
        {"tag": "age", "at_most": 30},
        {"tag": "vip", "exists": False},
    ]
    when = {"tag": tests, "audience": ["payers", "staff"]}
    follow_ups = definition(pool(offer("next", **when), offer("next", tag=tests[0], audience="staff"))).follow_ups
    assert follow_ups is not None
    assert [rule_text(follow_ups, place) for place in (0, 1)] == [
        "1. 标签 loves_food 为是 · 标签 taste 为甜 · 标签 city 为上海、北京 · 标签 spent ≥100 · 标签 age ≤30"
        " · 标签 没有 vip · 客群 payers、staff：推荐",
        "2. 标签 loves_food 为是 · 客群 staff：推荐",
    ]
