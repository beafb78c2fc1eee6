"""What is refused of a journey before it can go live, each fault with its path."""

from typing import Any

import msgspec
import pytest

from domain import approvals
from domain.campaigns import CAMPAIGNS
from domain.journeys import JOURNEYS
from domain.journeys.definition import JourneyDefinition
from domain.journeys.graph_rules import shape_faults
from kit.errors import RuleViolated
from tests.domain.campaigns.stage import document as campaign_document
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.journeys.stage import END, GIFT, document, things

WAIT = {"type": "wait", "days": 1, "next": "end"}
PURCHASE = {"type": "wait_for", "event": "purchase", "timeout": {"days": 1}, "next": "end", "timed_out": "end"}


def faults(steps: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    definition = msgspec.convert(document({**steps, "end": END}, **changes), JourneyDefinition)
    return [(fault.path, fault.code) for fault in shape_faults(definition)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({"a": {**WAIT, "next": "b"}}, ("steps.a.next", "journey.unknown_step")),
        ({"a": {**PURCHASE, "timed_out": "b"}}, ("steps.a.timed_out", "journey.unknown_step")),
        ({"a": WAIT, "b": WAIT}, ("steps.b", "journey.unreachable_step")),
        ({"a": {**WAIT, "hours": 1}}, ("steps.a", "journey.unclear")),
        ({"a": {"type": "wait", "next": "end"}}, ("steps.a", "journey.unclear")),
        ({"a": {**PURCHASE, "timeout": {}}}, ("steps.a.timeout", "journey.unclear")),
        ({"a": {**PURCHASE, "event": "purchasing"}}, ("steps.a.event", "journey.unknown_event")),
        (
            {"a": {**PURCHASE, "where": {"colour": {"in": ["red"]}}}},
            ("steps.a.where.colour", "condition.unknown_field"),
        ),
        (
            {"a": {**PURCHASE, "event": "app_login", "where": {"mcc": {"in": ["5541"]}}}},
            ("steps.a.where.mcc", "condition.scope_does_not_fit"),
        ),
        (
            {"a": {**PURCHASE, "event": None, "task_completed": "t", "where": {"mcc": {"in": ["5541"]}}}},
            ("steps.a.where", "journey.where"),
        ),
        (
            {"a": {"type": "share", "parts": [{"name": n, "percent": 49, "next": "end"} for n in "AB"]}},
            ("steps.a.parts", "journey.percents"),
        ),
        (
            {"a": {"type": "share", "parts": [{"name": "A", "percent": 50, "next": "end"} for _ in "AB"]}},
            ("steps.a.parts[1].name", "journey.repeated"),
        ),
        (
            {"a": {"type": "split", "branches": [{"name": "x", "when": {}, "next": "end"}], "otherwise": "end"}},
            ("steps.a.branches[0].when", "journey.asks_nothing"),
        ),
        (
            {
                "a": {
                    "type": "split",
                    "branches": [{"name": "otherwise", "when": {"stage": ["base"]}, "next": "end"}],
                    "otherwise": "end",
                }
            },
            ("steps.a.branches[0].name", "journey.repeated"),
        ),
        (
            {
                "a": {
                    "type": "split",
                    "branches": [{"name": "x", "when": {"level": {"at_least": 3, "at_most": 2}}, "next": "end"}],
                    "otherwise": "end",
                }
            },
            ("steps.a.branches[0].when.level", "journey.impossible"),
        ),
        (
            {
                "a": {"type": "message", "template": "m", "next": "b", "otherwise": "end"},
                "b": {"type": "message", "template": "m", "next": "a"},
            },
            ("steps.a", "journey.circle"),
        ),
        (
            {
                "a": {"type": "message", "template": "m", "next": "b", "otherwise": "end"},
                "b": {"type": "wait", "until": {"time": "09:00", "date": "2026-01-01"}, "next": "a"},
            },
            ("steps.a", "journey.circle"),
        ),
    ],
)
def test_a_step_that_could_never_work_is_named(steps: dict[str, Any], expected: tuple[str, str]) -> None:
    assert faults(steps) == [expected]


def test_a_loop_with_a_wait_may_be() -> None:
    assert faults({"a": {"type": "message", "template": "m", "next": "b"}, "b": {**PURCHASE, "timed_out": "a"}}) == []


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({}, [("trigger", "journey.unclear")]),
        ({"event": "purchase", "task_completed": "t"}, [("trigger", "journey.unclear")]),
        ({"event": "nothing"}, [("trigger.event", "journey.unknown_event")]),
        ({"event": "purchase", "days_before": 2}, [("trigger.days_before", "journey.unused")]),
        ({"date": "card_day", "days_after_billing": 5}, [("trigger.days_after_billing", "journey.unused")]),
        ({"date": "2026-02-30"}, [("trigger.date", "journey.impossible")]),
        ({"date": "repayment_day", "days_after_billing": 5, "days_before": 3, "hour": 8}, []),
        ({"date": "2026-12-24"}, []),
        ({"event": "custom.visit", "where": {"attributes.city": {"in": ["上海"]}}}, []),
    ],
)
def test_a_trigger_is_one_thing(trigger: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults({}, first="end", trigger=trigger) == expected


def test_a_goal_is_one_thing() -> None:
    goal = {"within_days": 3, "event": "purchase", "coupon_used": "free7"}
    assert faults({}, first="end", goal=goal) == [("goal", "journey.unclear")]


@pytest.mark.parametrize(
    "steps",
    [
        {f"s{number}": WAIT for number in range(60)} | {"end": END},
        {"bad id": END},
        {"end": {"type": "stop"}},
        {"end": {"type": "end", "next": "end"}},
        {"a": {"type": "share", "parts": [{"name": "A", "percent": 100, "next": "end"}]}, "end": END},
    ],
)
def test_what_is_malformed_is_no_journey(steps: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(document(steps), JourneyDefinition)


async def test_everything_named_must_be_live(database: str) -> None:
    steps = {
        "a": {"type": "coupon", "coupon": "x", "next": "b"},
        "b": {"type": "benefit", "benefit": "x", "next": "c"},
        "c": {"type": "task", "task": "x", "next": "d"},
        "d": {"type": "message", "template": "x", "next": "e"},
        "e": {"type": "wait_for", "task_completed": "x", "timeout": {"days": 1}, "next": "f", "timed_out": "f"},
        "f": {
            "type": "split",
            "branches": [
                {
                    "name": "n",
                    "when": {"tags": [{"tag": "x", "is": True}], "audience": ["x"], "not_audience": ["y"]},
                    "next": "end",
                }
            ],
            "otherwise": "end",
        },
        "end": END,
    }
    body = document(steps, campaign="x", trigger={"audience_entered": "x"}, goal={"coupon_used": "x", "within_days": 1})
    with pytest.raises(RuleViolated) as refusal:
        await approvals.save_draft(JOURNEYS, "care", msgspec.convert(body, JourneyDefinition), MAKER)
    assert {fault.path for fault in refusal.value.faults} == {
        "campaign",
        "trigger.audience_entered",
        "goal.coupon_used",
        "steps.a.coupon",
        "steps.b.benefit",
        "steps.c.task",
        "steps.d.template",
        "steps.e.task_completed",
        "steps.f.branches[0].when.tags[0].tag",
        "steps.f.branches[0].when.audience[0]",
        "steps.f.branches[0].when.not_audience[0]",
    }


async def test_a_message_can_say_what_it_asks_for(database: str) -> None:
    await things()
    await publish(CAMPAIGNS, "spring", campaign_document(None))
    version = await publish(JOURNEYS, "care", document(GIFT, campaign="spring"))
    assert (version.state, version.cost_fen) == ("live", 350)
