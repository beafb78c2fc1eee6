"""Every item, test and window an operator may write, and the parts of the tree they become."""

import msgspec
import pytest

from domain.scopes import Measure
from domain.tasks.conditions import MAX_DEPTH, Leaf, Node, compile_content, parse
from domain.tasks.conditions.tree import Group
from tests.domain.tasks.making import Condition, cumulative, leaf_of, special, status

MONEY = ["purchase", "cash_advance", "instalment", "repayment"]
UNITS = {"amount": "fen", "count": "times", "days": "days", "merchants": "merchants"}
DATES = {"from": "2026-11-01T00:00:00+08:00", "until": "2026-12-01T00:00:00+08:00"}


@pytest.mark.parametrize("base", MONEY)
@pytest.mark.parametrize(("measure", "unit"), UNITS.items())
def test_every_transaction_can_be_summed_and_counted(base: str, measure: str, unit: str) -> None:
    leaf = leaf_of(cumulative(f"{base}.{measure}", 3))
    assert (leaf.item.event_type, leaf.item.measure, leaf.item.unit, leaf.target) == (base, measure, unit, 3)


@pytest.mark.parametrize("item", MONEY)
def test_every_transaction_can_be_asked_for_singly(item: str) -> None:
    leaf = leaf_of({"category": "stream", "item": item, "at_least": 50_000, "window": "claim"})
    assert (leaf.item.event_type, leaf.item.measure, leaf.item.unit, leaf.target) == (item, "single", "fen", 50_000)


def test_a_single_transaction_needs_no_threshold() -> None:
    assert leaf_of({"category": "stream", "item": "purchase", "window": "claim"}).target == 1


@pytest.mark.parametrize(
    ("item", "event_type", "measure", "unit"),
    [
        ("sign_in.days", "sign_in", Measure.DAYS, "days"),
        ("sign_in.streak", "sign_in", Measure.STREAK, "days"),
        ("invite.count", "invite_accepted", Measure.COUNT, "times"),
        ("survey.done", "survey_done", Measure.COUNT, "times"),
        ("custom.museum.visit.count", "custom.museum.visit", Measure.COUNT, "times"),
    ],
)
def test_every_special_item(item: str, event_type: str, measure: Measure, unit: str) -> None:
    leaf = leaf_of(special(item, 2))
    assert (leaf.item.event_type, leaf.item.measure, leaf.item.unit) == (event_type, measure, unit)


@pytest.mark.parametrize("value", [True, False, 3, "gold"])
def test_a_status_may_be_asked_to_be_anything(value: bool | int | str) -> None:
    leaf = leaf_of(status("card.level", value))
    assert (leaf.item.event_type, leaf.item.unit, leaf.target, leaf.value) == ("status", "done", 1, value)


@pytest.mark.parametrize(
    ("field", "test"),
    [
        ("mcc", {"in": ["5541", "5542"]}),
        ("mcc", {"not_in": ["7995"]}),
        ("merchant", {"in": ["M1"]}),
        ("merchant", {"not_in": ["M1"]}),
        ("merchant", {"contains": "壳牌"}),
        ("merchant_id", {"in": ["M1"]}),
        ("merchant.id", {"not_in": ["M1"]}),
        ("merchant_name", {"contains": "Shell"}),
        ("merchant.name", {"in": ["壳牌"]}),
        ("card_product", {"in": ["young"]}),
        ("card.product", {"not_in": ["young"]}),
        ("amount", {"at_least": 0}),
        ("amount", {"at_most": 10_000}),
        ("amount_fen", {"between": [100, 100]}),
        ("amount", {"in": [8_800, 16_800]}),
        ("amount", {"not_in": [1]}),
        ("channel", {"in": ["pos"]}),
        ("channel", {"not_in": ["online"]}),
        ("weekday", {"in": [6, 7]}),
        ("weekday", {"between": [1, 5]}),
        ("weekday", {"at_least": 6}),
        ("hour", {"between": [0, 23]}),
        ("hour", {"at_most": 9}),
        ("hour", {"not_in": [0, 1, 2]}),
        ("wallet", {"in": ["wechat"]}),
        ("wallet", {"contains": "pay"}),
        ("region", {"not_in": ["HK"]}),
        ("attributes.rail", {"in": ["metro"]}),
        ("attributes.rail", {"not_in": ["metro"]}),
        ("attributes.rail", {"contains": "metro"}),
        ("attributes.floors", {"at_least": 3}),
        ("attributes.floors", {"at_most": 3}),
        ("attributes.floors", {"between": [1, 3]}),
    ],
)
def test_every_scope(field: str, test: Condition) -> None:
    assert leaf_of(cumulative("purchase.count", 1, **{field: test})).target == 1


@pytest.mark.parametrize("field", ["channel", "weekday", "hour", "wallet", "region", "attributes.source"])
def test_behaviour_can_be_asked_for_by_what_every_event_has(field: str) -> None:
    test = {"in": [1]} if field in ("weekday", "hour") else {"in": ["app"]}
    assert leaf_of(special("sign_in.days", 1, **{field: test})).target == 1


@pytest.mark.parametrize(
    ("window", "name", "days"),
    [
        ("claim", "claim", 0),
        ("lifetime", "lifetime", 0),
        ({"calendar": "day"}, "day", 0),
        ({"calendar": "week"}, "week", 0),
        ({"calendar": "month"}, "month", 0),
        ({"rolling_days": 1}, "rolling", 1),
        ({"rolling_days": 366}, "rolling", 366),
        (DATES, "dates", 0),
    ],
)
def test_every_window(window: str | Condition, name: str, days: int) -> None:
    leaf = leaf_of(cumulative("purchase.amount", 1, window))
    assert (leaf.window.name, leaf.window.days) == (name, days)


@pytest.mark.parametrize(
    ("window", "looks_back"), [("claim", False), ("lifetime", True), ({"calendar": "day"}, True), (DATES, True)]
)
def test_only_the_window_of_the_claim_never_looks_back(window: str | Condition, looks_back: bool) -> None:
    content = {"all": [cumulative("purchase.count", 1, "claim"), cumulative("purchase.count", 1, window)]}
    assert compile_content(msgspec.convert(content, Node)).looks_back is looks_back


def test_as_many_days_as_the_window_has() -> None:
    for window, days in (({"calendar": "day"}, 1), ({"calendar": "week"}, 7), ({"calendar": "month"}, 31)):
        assert leaf_of(special("sign_in.streak", days, window)).target == days
    assert leaf_of(special("sign_in.days", 10, {"rolling_days": 10})).target == 10


def test_groups_become_how_many_are_needed_and_conditions_keep_their_order_and_path() -> None:
    one, two, three = (cumulative("purchase.count", n) for n in (1, 2, 3))
    content = {"all": [one, {"any": [two, one]}, {"at_least": 2, "of": [one, two, three]}]}
    tree, leaves = parse(msgspec.convert(content, Node))
    assert isinstance(tree, Group)
    _, either, two_of = tree.children
    assert isinstance(either, Group)
    assert isinstance(two_of, Group)
    assert (tree.need, either.need, two_of.need) == (3, 1, 2)
    assert [leaf.target for leaf in leaves] == [1, 2, 1, 1, 2, 3]
    assert [leaf.index for leaf in leaves] == [0, 1, 2, 3, 4, 5]
    assert [leaf.path for leaf in leaves[:4]] == [
        "content.all[0]",
        "content.all[1].any[0]",
        "content.all[1].any[1]",
        "content.all[2].of[0]",
    ]


def test_a_single_condition_is_a_tree() -> None:
    tree, leaves = parse(msgspec.convert(cumulative("purchase.count", 1), Node))
    assert isinstance(tree, Leaf)
    assert leaves == [tree]


def test_five_levels_are_allowed() -> None:
    content = cumulative("purchase.count", 1)
    for _ in range(MAX_DEPTH - 1):
        content = {"all": [content]}
    assert len(parse(msgspec.convert(content, Node))[1]) == 1


def test_fifty_conditions_are_allowed() -> None:
    content = {"any": [cumulative("purchase.count", 1)] * 50}
    assert len(parse(msgspec.convert(content, Node))[1]) == 50
