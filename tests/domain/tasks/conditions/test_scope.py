"""Which events a scope lets through, and which it does not."""

import pytest

from domain.events import Event
from tests.domain.tasks.making import Condition, at, cumulative, leaf_of, purchase, reached

SATURDAY_NIGHT = at("2026-11-21 23:59")


def typical(**more: object) -> Event:
    given = {
        "mcc": "5812",
        "merchant_id": "M1",
        "merchant_name": "Shell 壳牌",
        "card_product": "young",
        "channel": "pos",
        "occurred_at": SATURDAY_NIGHT,
        "attributes": {"wallet": "wechat", "region": "HK", "rail": "metro", "floors": 3, "gift": True, "list": [1]},
        **more,
    }
    return purchase(amount_fen=8_800, **given)


@pytest.mark.parametrize(
    ("field", "passing", "failing"),
    [
        ("mcc", {"in": ["5541", "5812"]}, {"in": ["5541"]}),
        ("mcc", {"not_in": ["5541"]}, {"not_in": ["5812"]}),
        ("merchant", {"in": ["M1"]}, {"in": ["M2"]}),
        ("merchant", {"in": ["Shell 壳牌"]}, {"in": ["Shell"]}),
        ("merchant", {"contains": "shell"}, {"contains": "BP"}),
        ("merchant", {"contains": "m1"}, {"contains": "m2"}),
        ("merchant", {"not_in": ["M2"]}, {"not_in": ["M2", "Shell 壳牌"]}),
        ("merchant_id", {"in": ["M1"]}, {"in": ["Shell 壳牌"]}),
        ("merchant.name", {"contains": "壳牌"}, {"contains": "M1"}),
        ("card_product", {"in": ["young"]}, {"in": ["gold"]}),
        ("card.product", {"not_in": ["gold"]}, {"not_in": ["young"]}),
        ("channel", {"in": ["pos"]}, {"in": ["online"]}),
        ("amount", {"at_least": 8_800}, {"at_least": 8_801}),
        ("amount", {"at_most": 8_800}, {"at_most": 8_799}),
        ("amount", {"between": [8_800, 8_800]}, {"between": [1, 8_799]}),
        ("amount_fen", {"in": [8_800]}, {"in": [8_801]}),
        ("amount", {"not_in": [1]}, {"not_in": [8_800]}),
        ("weekday", {"in": [6]}, {"in": [7]}),
        ("weekday", {"between": [6, 7]}, {"between": [1, 5]}),
        ("hour", {"at_least": 23}, {"at_most": 22}),
        ("hour", {"not_in": [22]}, {"not_in": [23]}),
        ("wallet", {"in": ["wechat"]}, {"in": ["alipay"]}),
        ("region", {"not_in": ["CN"]}, {"not_in": ["HK"]}),
        ("attributes.rail", {"contains": "met"}, {"contains": "bus"}),
        ("attributes.floors", {"between": [3, 3]}, {"between": [4, 9]}),
        ("attributes.floors", {"at_most": 3}, {"at_most": 2}),
    ],
)
def test_a_scope_lets_through_only_what_it_names(field: str, passing: Condition, failing: Condition) -> None:
    assert reached(cumulative("purchase.count", 1, **{field: passing}), [typical()]) == 1
    assert reached(cumulative("purchase.count", 1, **{field: failing}), [typical()]) == 0


@pytest.mark.parametrize(
    ("field", "test"),
    [
        ("attributes.none", {"in": ["x"]}),
        ("attributes.none", {"at_least": 0}),
        ("attributes.list", {"in": ["x"]}),
        ("attributes.rail", {"at_least": 0}),
        ("attributes.none", {"contains": "none"}),
    ],
)
def test_an_attribute_that_is_absent_or_of_another_kind_matches_nothing(field: str, test: Condition) -> None:
    assert reached(cumulative("purchase.count", 1, **{field: test}), [typical()]) == 0


def test_a_purchase_without_merchant_or_attributes_is_no_fault() -> None:
    bare = typical(merchant_id=None, merchant_name=None, attributes=None, mcc=None, card_product=None)
    for where in ({"merchant": {"contains": "x"}}, {"wallet": {"in": ["x"]}}, {"mcc": {"in": ["5541"]}}):
        assert reached(cumulative("purchase.count", 1, **where), [bare]) == 0
    assert reached(cumulative("purchase.count", 1, merchant={"not_in": ["M1"]}), [bare]) == 1


def test_all_tests_of_a_scope_must_hold() -> None:
    where = {"mcc": {"in": ["5812"]}, "channel": {"in": ["pos"]}, "amount": {"at_least": 8_000}}
    assert reached(cumulative("purchase.count", 1, **where), [typical()]) == 1
    assert reached(cumulative("purchase.count", 1, **where), [typical(channel="online")]) == 0


def test_day_and_hour_are_those_of_shanghai() -> None:
    midnight = at("2026-11-22 00:00")  # still Saturday 16:00 in UTC
    weekend = cumulative("purchase.count", 1, weekday={"in": [7]}, hour={"at_most": 0})
    assert reached(weekend, [typical(occurred_at=midnight)]) == 1
    assert reached(weekend, [typical()]) == 0


def test_the_index_knows_the_mccs_outside_which_nothing_matches() -> None:
    assert leaf_of(cumulative("purchase.count", 1, mcc={"in": ["5541"]})).mccs == frozenset({"5541"})
    assert leaf_of(cumulative("purchase.count", 1, mcc={"not_in": ["5541"]})).mccs is None
    assert leaf_of(cumulative("purchase.count", 1)).mccs is None
