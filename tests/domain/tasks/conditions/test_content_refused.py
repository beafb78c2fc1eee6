"""What could never work is refused before it is saved: every fault with its exact path and code."""

from typing import Any

import msgspec
import pytest

from domain.tasks.conditions import Node, parse
from kit.errors import RuleViolated
from tests.domain.tasks.making import Condition, cumulative, special, status

ONE = cumulative("purchase.count", 1)
DAY, OTHER_DAY = "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00"


def faults_of(content: Condition) -> list[tuple[str, str]]:
    with pytest.raises(RuleViolated) as refused:
        parse(msgspec.convert(content, Node))
    assert refused.value.code == "task.impossible_content"
    assert all(fault.detail for fault in refused.value.faults)
    return [(fault.path, fault.code) for fault in refused.value.faults]


def nested(levels: int) -> Condition:
    content = ONE
    for _ in range(levels - 1):
        content = {"all": [content]}
    return content


@pytest.mark.parametrize(
    ("category", "item"),
    [
        ("status", "activated"),
        ("status", ""),
        ("cumulative", "purchase"),
        ("cumulative", "purchase.largest"),
        ("cumulative", "purchase.single"),
        ("cumulative", "sign_in.days"),
        ("cumulative", "refund.amount"),
        ("cumulative", "purchase.amount.more"),
        ("stream", "purchase.amount"),
        ("stream", "refund"),
        ("special", "sign_in.count"),
        ("special", "custom.visit"),
        ("special", "visit.count"),
    ],
)
def test_an_unknown_item(category: str, item: str) -> None:
    condition = {"category": category, "item": item, "at_least": 1, "window": "lifetime"}
    assert faults_of(condition) == [("content.item", "condition.unknown_item")]


def test_a_custom_event_needs_a_name() -> None:
    assert faults_of(special("custom..count", 1)) == [("content.item", "condition.unknown_item")]
    assert faults_of(special("custom.count", 1)) == [("content.item", "condition.unknown_item")]


def test_an_item_that_is_missing() -> None:
    assert faults_of({"category": "stream", "window": "claim"}) == [("content.item", "condition.unknown_item")]


def test_an_unknown_category() -> None:
    assert faults_of({"category": "money", "item": "x"}) == [("content.category", "condition.unknown_category")]


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        (special("sign_in.days", 1, mcc={"in": ["5541"]}), "content.where.mcc"),
        (special("sign_in.days", 1, amount={"at_least": 1}), "content.where.amount"),
        (special("invite.count", 1, **{"merchant.name": {"contains": "x"}}), "content.where.merchant.name"),
        (special("custom.visit.count", 1, card_product={"in": ["a"]}), "content.where.card_product"),
        ({**status("card.activated"), "where": {"channel": {"in": ["pos"]}}}, "content.where.channel"),
        ({**status("card.activated"), "where": {"attributes.x": {"in": ["y"]}}}, "content.where.attributes.x"),
        ({**status("card.activated"), "at_least": 1}, "content.at_least"),
        ({**ONE, "is": True}, "content.is"),
    ],
)
def test_a_scope_or_test_that_does_not_fit_its_item(condition: Condition, path: str) -> None:
    assert faults_of(condition) == [(path, "condition.scope_does_not_fit")]


@pytest.mark.parametrize(
    ("field", "test", "path", "code"),
    [
        ("colour", {"in": ["red"]}, "content.where.colour", "condition.unknown_field"),
        ("attributes.", {"in": ["red"]}, "content.where.attributes.", "condition.unknown_field"),
        ("mcc", {}, "content.where.mcc", "condition.one_test"),
        ("mcc", {"in": ["5541"], "not_in": ["5542"]}, "content.where.mcc", "condition.one_test"),
        ("mcc", {"contains": "55"}, "content.where.mcc.contains", "condition.unknown_test"),
        ("merchant", {"at_least": 1}, "content.where.merchant.at_least", "condition.unknown_test"),
        ("channel", {"contains": "pos"}, "content.where.channel.contains", "condition.unknown_test"),
        ("amount", {"contains": "1"}, "content.where.amount.contains", "condition.unknown_test"),
        ("attributes.x", {"is": 1}, "content.where.attributes.x.is", "condition.unknown_test"),
        ("mcc", {"in": []}, "content.where.mcc.in", "condition.wrong_value"),
        ("mcc", {"in": "5541"}, "content.where.mcc.in", "condition.wrong_value"),
        ("mcc", {"in": ["554"]}, "content.where.mcc.in", "condition.wrong_value"),
        ("mcc", {"not_in": ["55411"]}, "content.where.mcc.not_in", "condition.wrong_value"),
        ("mcc", {"in": ["５５４１"]}, "content.where.mcc.in", "condition.wrong_value"),
        ("mcc", {"in": [5541]}, "content.where.mcc.in", "condition.wrong_value"),
        ("merchant", {"contains": ""}, "content.where.merchant.contains", "condition.wrong_value"),
        ("merchant", {"contains": ["x"]}, "content.where.merchant.contains", "condition.wrong_value"),
        ("amount", {"at_least": -1}, "content.where.amount.at_least", "condition.wrong_value"),
        ("amount", {"at_least": True}, "content.where.amount.at_least", "condition.wrong_value"),
        ("amount", {"at_most": "10"}, "content.where.amount.at_most", "condition.wrong_value"),
        ("amount", {"at_least": 1.5}, "content.where.amount.at_least", "condition.wrong_value"),
        ("amount", {"in": ["10"]}, "content.where.amount.in", "condition.wrong_value"),
        ("amount", {"between": [2, 1]}, "content.where.amount.between", "condition.wrong_value"),
        ("amount", {"between": [1]}, "content.where.amount.between", "condition.wrong_value"),
        ("amount", {"between": [1, 2, 3]}, "content.where.amount.between", "condition.wrong_value"),
        ("weekday", {"in": [0]}, "content.where.weekday.in", "condition.wrong_value"),
        ("weekday", {"at_most": 8}, "content.where.weekday.at_most", "condition.wrong_value"),
        ("hour", {"between": [22, 24]}, "content.where.hour.between", "condition.wrong_value"),
    ],
)
def test_a_malformed_scope(field: str, test: Condition, path: str, code: str) -> None:
    assert faults_of(cumulative("purchase.count", 1, **{field: test})) == [(path, code)]


@pytest.mark.parametrize(
    "condition",
    [
        cumulative("purchase.count", 0),
        cumulative("purchase.count", -1),
        cumulative("purchase.count", 100_001),
        cumulative("purchase.amount", 10**13 + 1),
        cumulative("purchase.days", 3_661),
        cumulative("purchase.merchants", 10_001),
        special("sign_in.days", 2, {"calendar": "day"}),
        special("sign_in.streak", 8, {"calendar": "week"}),
        special("sign_in.streak", 32, {"calendar": "month"}),
        cumulative("purchase.days", 8, {"rolling_days": 7}),
        {"category": "stream", "item": "purchase", "at_least": 0, "window": "claim"},
    ],
)
def test_a_threshold_that_cannot_be_reached(condition: Condition) -> None:
    assert faults_of(condition) == [("content.at_least", "condition.impossible")]


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        ({"category": "cumulative", "item": "purchase.count", "window": "claim"}, "content.at_least"),
        ({"category": "special", "item": "survey.done", "window": "claim"}, "content.at_least"),
        ({"category": "status", "item": "card.activated", "window": "claim"}, "content.is"),
        ({"category": "cumulative", "item": "purchase.count", "at_least": 1}, "content.window"),
    ],
)
def test_a_part_that_is_missing(condition: Condition, missing: str) -> None:
    assert faults_of(condition) == [(missing, "condition.missing")]


@pytest.mark.parametrize(
    ("window", "path", "code"),
    [
        ("forever", "content.window", "condition.unknown_window"),
        ("", "content.window", "condition.unknown_window"),
        ({}, "content.window", "condition.unknown_window"),
        ({"days": 7}, "content.window", "condition.unknown_window"),
        ({"calendar": "day", "rolling_days": 7}, "content.window", "condition.unknown_window"),
        ({"from": DAY}, "content.window", "condition.unknown_window"),
        ({"calendar": "year"}, "content.window.calendar", "condition.unknown_window"),
        ({"calendar": ["day"]}, "content.window.calendar", "condition.unknown_window"),
        ({"rolling_days": 0}, "content.window.rolling_days", "condition.wrong_value"),
        ({"rolling_days": 367}, "content.window.rolling_days", "condition.wrong_value"),
        ({"rolling_days": True}, "content.window.rolling_days", "condition.wrong_value"),
        ({"rolling_days": "7"}, "content.window.rolling_days", "condition.wrong_value"),
        ({"from": "2026-11-01", "until": OTHER_DAY}, "content.window.from", "condition.wrong_value"),
        ({"from": "2026-11-01T00:00:00", "until": OTHER_DAY}, "content.window.from", "condition.wrong_value"),
        ({"from": DAY, "until": "soon"}, "content.window.until", "condition.wrong_value"),
        ({"from": DAY, "until": None}, "content.window.until", "condition.wrong_value"),
        ({"from": DAY, "until": DAY}, "content.window.until", "condition.impossible"),
        ({"from": OTHER_DAY, "until": DAY}, "content.window.until", "condition.impossible"),
    ],
)
def test_an_impossible_window(window: Any, path: str, code: str) -> None:
    assert faults_of(cumulative("purchase.count", 1, window)) == [(path, code)]


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"all": []}, "content.all"),
        ({"any": []}, "content.any"),
        ({"at_least": 1, "of": []}, "content.of"),
        ({"all": [ONE, {"any": []}]}, "content.all[1].any"),
    ],
)
def test_an_empty_group(content: Condition, path: str) -> None:
    assert faults_of(content) == [(path, "condition.empty")]


@pytest.mark.parametrize("need", [None, 0, -1, 3])
def test_at_least_k_out_of_range(need: int | None) -> None:
    group = {"of": [ONE, ONE], **({} if need is None else {"at_least": need})}
    assert faults_of({"all": [group]}) == [("content.all[0].at_least", "condition.impossible")]


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({}, "content"),
        ({"at_least": 1}, "content"),
        ({"all": [ONE], "any": [ONE]}, "content"),
        ({"all": [ONE], "category": "status"}, "content"),
        ({"all": [ONE], "at_least": 1}, "content.at_least"),
        ({"any": [ONE], "window": "claim"}, "content.window"),
        ({"any": [ONE], "item": "purchase.count"}, "content.item"),
        ({"any": [ONE], "is": True}, "content.is"),
        ({"any": [ONE], "where": {}}, "content.where"),
    ],
)
def test_what_is_neither_a_group_nor_a_condition(content: Condition, path: str) -> None:
    assert faults_of(content) == [(path, "condition.unclear")]


def test_a_sixth_level() -> None:
    assert faults_of(nested(6)) == [("content" + ".all[0]" * 5, "condition.too_deep")]
    assert faults_of(nested(40)) == [("content" + ".all[0]" * 5, "condition.too_deep")]


def test_more_than_fifty_conditions() -> None:
    assert faults_of({"all": [ONE] * 51}) == [("content", "condition.too_many")]


def test_all_faults_are_told_at_once() -> None:
    worst = {**cumulative("purchase.amount", 0, "never", colour={"in": ["red"]}), "is": None}
    assert faults_of({"all": [worst, {"any": [special("x", 1)]}]}) == [
        ("content.all[0].where.colour", "condition.unknown_field"),
        ("content.all[0].window", "condition.unknown_window"),
        ("content.all[0].at_least", "condition.impossible"),
        ("content.all[1].any[0].item", "condition.unknown_item"),
    ]


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"all": [{"categry": "status"}]}, "$.all[0]"),
        ({"all": [{**ONE, "at_least": "3"}]}, "$.all[0].at_least"),
        ({"all": [{**ONE, "at_least": 1.5}]}, "$.all[0].at_least"),
        ({"any": [{**ONE, "where": {"mcc": ["5541"]}}]}, "$.any[0].where[...]"),
    ],
)
def test_a_shape_that_is_not_even_read(content: Condition, path: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(content, Node)
    assert str(refused.value).endswith(f"at `{path}`")
