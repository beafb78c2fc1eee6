"""What a template may say by its channels, and what it says there."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import messages
from domain.messages import MESSAGE_POLICIES, MessagePolicy, MessageTemplate
from domain.messages.channel_rules import contents, faults_of_channels, names_in_channels
from domain.messages.rules import faults_of
from domain.messages.wechat_fields import fits
from kit.errors import RuleViolated
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.messages.stage import NOTICE, PUSH, SMS, SUBSCRIBE, document, template

POLICY = MessagePolicy()
DATED = [{"name": "task"}, {"name": "reward"}, {"name": "until", "type": "date"}, {"name": "fen", "type": "amount_fen"}]


def parsed(*channels: dict[str, Any], **changes: Any) -> MessageTemplate:
    return msgspec.convert(document(channels=list(channels), **changes), MessageTemplate)


def fields(**given: str) -> dict[str, Any]:
    return {"channel": "wechat", "template_id": "T1", "fields": given}


@pytest.mark.parametrize(
    ("channels", "changes", "expected"),
    [
        ([SUBSCRIBE, NOTICE, SMS, PUSH], {}, []),
        ([SMS, SMS], {}, [("channels[1]", "message_template.repeated")]),
        ([NOTICE], {"category": "marketing"}, [("channels[0]", "message_template.marketing_notice")]),
        ([SUBSCRIBE], {"category": "marketing"}, []),
        ([{**SMS, "text": "【某某】{{task}}"}], {}, [("channels[0].text", "message_template.signature")]),
        ([{**SMS, "text": "{{who}}"}], {}, [("channels[0].text", "message_template.undeclared")]),
        ([{**SMS, "text": "{{task}"}], {}, [("channels[0].text", "message_template.unclear")]),
        ([{**PUSH, "title": "{{who}}"}], {}, [("channels[0].title", "message_template.undeclared")]),
        ([fields(thing1="字" * 21)], {}, [("channels[0].fields.thing1", "message_template.field_too_long")]),
        ([fields(thing1="字" * 20)], {}, []),
        (
            [fields(thing1="字" * 20 + "{{task}}")],
            {},
            [("channels[0].fields.thing1", "message_template.field_too_long")],
        ),
        ([fields(amount1="{{fen}}元", date2="{{until}}")], {"variables": DATED}, []),
        ([fields(amount1="{{task}}")], {}, [("channels[0].fields.amount1", "message_template.field")]),
        ([fields(date1="很快")], {}, [("channels[0].fields.date1", "message_template.field")]),
        ([fields(phrase1="已完成"), SMS], {}, []),
        ([fields(phrase1="已完成啦啦啦")], {}, [("channels[0].fields.phrase1", "message_template.field_too_long")]),
        ([SMS], {"loan_offer": True}, [("loan_offer", "message_template.loan_offer")]),
        ([SMS], {"loan_offer": True, "category": "marketing"}, []),
    ],
)
def test_each_fault_of_a_channel_is_named_by_its_path(
    channels: list[dict[str, Any]], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = faults_of_channels(parsed(*channels, **changes))
    assert [(one.path, one.code) for one in found] == expected


def test_a_variable_may_be_used_by_a_channel_only() -> None:
    shown = parsed(SMS, title="x", body="{{reward}}")
    assert faults_of(shown, names_in_channels(shown)) == []


@pytest.mark.parametrize(
    "channel",
    [{"channel": "fax"}, {"channel": "sms"}, {**SMS, "colour": "red"}, {**SMS, "fallback_after_minutes": 0}, fields()],
)
def test_what_is_no_channel_is_not_read(channel: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        parsed(channel)


def test_each_channel_says_it_in_its_own_way_and_in_its_turn() -> None:
    shown = parsed({**SUBSCRIBE, "fallback_after_minutes": 120, "page": "pages/a?b=1"}, PUSH, SMS, category="marketing")
    made = contents(shown, {"task": "加油" * 12, "reward": "券"}, "/tasks/fuel", POLICY)
    assert [one.channel for one in made] == ["wechat", "push", "sms"]
    assert [one.due_after for one in made] == [timedelta(), timedelta(hours=2), timedelta(hours=72)]
    assert made[0].content == {"template_id": "T1", "fields": {"thing1": "加油" * 9 + "加…"}, "page": "pages/a?b=1"}
    assert made[1].content["link"] == "/tasks/fuel"
    assert made[2].content["text"].startswith("【信用卡中心】任务加油")
    assert made[2].content["text"].endswith("已完成，拒收请回复R")


@given(task=st.text(max_size=80), category=st.sampled_from(["service", "marketing"]))
def test_whatever_a_task_is_called_what_is_sent_can_be_sent(task: str, category: str) -> None:
    made = contents(parsed(SUBSCRIBE, SMS, category=category), {"task": task, "reward": "券"}, None, POLICY)
    said = made[0].content["fields"]["thing1"]
    assert said == "" or fits("thing1", said)
    text = made[1].content["text"]
    assert text.endswith(POLICY.sms_refusal_hint) or category == "service"
    assert (text.count("【"), text.count("】")) == (1, 1)


@pytest.mark.usefixtures("database")
async def test_a_preview_shows_every_channel() -> None:
    await template("done", channels=[{**SUBSCRIBE, "fallback_after_minutes": 30}, SMS])
    shown = await messages.preview("done", {"task": "加油", "reward": "券"}, MAKER)
    assert [(one.channel, one.after_minutes) for one in shown.channels] == [("wechat", 0), ("sms", 30)]
    assert shown.channels[1].content == {"text": "【信用卡中心】任务加油已完成"}
    await publish(MESSAGE_POLICIES, "default", {"sms_signature": "【某某银行】"})
    again = await messages.preview("done", {"task": "加油", "reward": "券"}, MAKER)
    assert again.channels[1].content == {"text": "【某某银行】任务加油已完成"}


@pytest.mark.usefixtures("database")
async def test_what_cannot_be_sent_is_not_saved() -> None:
    with pytest.raises(RuleViolated) as refused:
        await template("bad", category="marketing", channels=[NOTICE])
    assert [one.path for one in refused.value.faults] == ["channels[0]"]
    with pytest.raises(RuleViolated):
        await publish(MESSAGE_POLICIES, "another", {})


def test_dates_are_written_as_wechat_takes_them() -> None:
    shown = parsed(fields(date1="{{until}}", amount2="{{fen}}"), variables=DATED)
    made = contents(shown, {"until": date(2026, 1, 2), "fen": 12_345}, None, POLICY)
    assert made[0].content["fields"] == {"date1": "1月2日", "amount2": "123.45"}
