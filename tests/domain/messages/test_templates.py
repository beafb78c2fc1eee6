"""What a template may say, and how it reads."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from domain import approvals, messages
from domain.messages import MESSAGE_TEMPLATES, MessageTemplate, rules
from kit.errors import BadInput, DomainError, NotFound, RuleViolated
from tests.domain.coupons.stage import MAKER
from tests.domain.messages.stage import document, template


def parsed(**changes: Any) -> MessageTemplate:
    return msgspec.convert(document(**changes), MessageTemplate)


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"variables": [{"name": "task"}]}, ["body"]),
        ({"title": "{{ who }}"}, ["title"]),
        ({"variables": [{"name": "task"}, {"name": "reward"}, {"name": "task"}]}, ["variables[2].name"]),
        ({"body": "{{task}} {{reward}"}, ["body", "variables[1]"]),
        ({"title": "x", "body": "{{task}}"}, ["variables[1]"]),
        ({"body": "{{Task}}{{reward}}"}, ["body"]),
    ],
)
def test_each_fault_is_named_by_its_path(changes: dict[str, Any], paths: list[str]) -> None:
    assert [fault.path for fault in rules.faults_of(parsed(**changes))] == paths


@pytest.mark.parametrize(
    "changes",
    [
        {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example"},
        {"category": "spam"},
        {"title": ""},
        {"body": "x" * 501},
        {"variables": [{"name": "Ä"}]},
        {"variables": [{"name": "a", "type": "float"}]},
        {"colour": "red"},
    ],
)
def test_what_is_no_template_is_not_read(changes: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        parsed(**changes)


def test_values_are_written_by_their_types() -> None:
    kinds = {"when": "date", "much": "amount_fen", "many": "number", "who": "text"}
    shown = parsed(
        title="{{who}}",
        body="{{when}}|{{much}}|{{ many }}",
        variables=[{"name": name, "type": kind, "max_length": 4} for name, kind in kinds.items()],
    )
    midnight = datetime(2026, 11, 29, 16, 0, tzinfo=UTC)  # the 30th has just begun in Shanghai
    assert rules.written(shown, {"when": midnight, "much": 30_050, "many": 12, "who": "五个字的名"}) == (
        "五个字的",
        "11月30日|300.50|12",
    )
    assert rules.written(shown, {"when": date(2026, 1, 2), "much": "300", "many": True}) == ("", "1月2日||")


@pytest.mark.usefixtures("database")
async def test_a_preview_asks_for_every_value_and_for_no_other() -> None:
    await template("done")
    shown = await messages.preview("done", {"task": "加油", "reward": "100经验值"}, MAKER)
    assert (shown.version, shown.title, shown.body) == (1, "加油已完成", "您已完成“加油”，奖励：100经验值。")
    with pytest.raises(BadInput) as refused:
        await messages.preview("done", {"task": 5, "colour": "red"}, MAKER)
    assert {fault.path for fault in refused.value.faults} == {
        "variables.colour",
        "variables.task",
        "variables.reward",
    }
    with pytest.raises(NotFound):
        await messages.preview("nowhere", {}, MAKER)


@pytest.mark.usefixtures("database")
async def test_an_impossible_template_is_not_saved() -> None:
    with pytest.raises(RuleViolated):
        await template("bad", body="{{nobody}}")
    with pytest.raises(DomainError):
        await approvals.read(MESSAGE_TEMPLATES.name, "bad", MAKER)
