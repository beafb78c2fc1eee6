"""Which tables can be written, and which rule of one decides."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import approvals
from domain.risk import RISK_RULES
from domain.risk.definition import RiskRules, Rule, When
from domain.risk.rules import faults_of, walk
from domain.risk.signals import Question, Signals, answer, fits, leaves, spread_ms
from kit import database as db
from kit.errors import RuleViolated
from tests.domain.coupons.stage import MAKER
from tests.domain.risk.stage import rule

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ACTIONS = ("claim", "coupon_claim", "exchange", "bind", "sign_in")
SIMPLE = st.sampled_from(
    [
        {"signal": "known", "by": "device"},
        {"signal": "known", "by": "openid"},
        {"signal": "watched"},
        {"signal": "channel", "in": ["bank_app"]},
        {"signal": "account_age_days", "at_most": 2},
    ]
)
TREES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all": some}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some}),
        inner.map(lambda one: {"not": one}),
    ),
    max_leaves=6,
)
DECIDED = st.tuples(
    st.sampled_from(["allow", "challenge", "review", "deny"]), st.booleans(), TREES, st.sampled_from(ACTIONS)
)
SIGNALS = st.builds(
    Signals,
    action=st.sampled_from(ACTIONS),
    customer_id=st.just(1),
    at=st.just(NOW),
    channel=st.sampled_from([None, "bank_app", "wechat_mini"]),
    account_since=st.sampled_from([None, NOW, datetime(2026, 11, 1, tzinfo=UTC)]),
    watched=st.booleans(),
    subjects=st.sampled_from([{}, {"device": "d"}, {"device": "d", "openid": "o"}]),
)


def table(*rules: dict[str, Any]) -> RiskRules:
    return msgspec.convert({"rules": list(rules)}, RiskRules)


def is_so(tree: dict[str, Any], signals: Signals) -> bool:
    """What a tree says, told a second time."""
    if "all" in tree:
        return not any(not is_so(one, signals) for one in tree["all"])
    if "any" in tree:
        return any(is_so(one, signals) for one in tree["any"])
    if "not" in tree:
        return not is_so(tree["not"], signals)
    if tree["signal"] == "known":
        return tree["by"] in signals.subjects
    if tree["signal"] == "watched":
        return signals.watched
    if tree["signal"] == "channel":
        return signals.channel in tree["in"]
    return signals.account_since is not None and (signals.at - signals.account_since).days <= tree["at_most"]


@settings(deadline=None)
@given(st.lists(DECIDED, min_size=1, max_size=8), SIGNALS)
def test_the_first_rule_that_fits_decides_and_a_shadow_never_does(drawn: list[Any], signals: Signals) -> None:
    written = [
        rule(decision, f"rule {place}", when, shadow=shadow, actions=[action])
        for place, (decision, shadow, when, action) in enumerate(drawn)
    ]
    definition = table(*written)
    assert faults_of(definition) == []
    shadows, met = walk(definition.rules, signals)
    fitting = [one for one in written if signals.action in one["actions"] and is_so(one["when"], signals)]
    deciding = next((one for one in fitting if not one["shadow"]), None)
    assert (met.rule.name if met else None) == (deciding["name"] if deciding else None)
    before = fitting[: fitting.index(deciding)] if deciding else fitting
    assert [one.rule.name for one in shadows] == [one["name"] for one in before]
    without = [one for one in definition.rules if not one.shadow]
    alone = walk(without, signals)[1]
    assert (alone.rule if alone else None) == (met.rule if met else None)


@settings(deadline=None)
@given(TREES, SIGNALS)
def test_the_signals_of_a_tree_are_all_noted(tree: dict[str, Any], signals: Signals) -> None:
    when, seen = msgspec.convert(tree, When), dict[str, Any]()
    fits(when, ACTIONS, signals, seen)
    asked = {"known": "known.{}", "watched": "watched", "channel": "channel"}
    expected = {asked[leaf.signal or ""].format(leaf.by) for leaf in leaves(when) if leaf.signal in asked}
    assert seen.keys() - {"account_age_days"} == expected


VELOCITY = {"signal": "attempts", "by": "device", "seconds": 60, "at_least": 3}


@pytest.mark.parametrize(
    ("when", "path", "code"),
    [
        ({"signal": "mood"}, "rules[0].when.signal", "risk_rules.unknown_signal"),
        (
            {"any": [VELOCITY, {"not": {"signal": "mood"}}]},
            "rules[0].when.any[1].not.signal",
            "risk_rules.unknown_signal",
        ),
        ({"all": []}, "rules[0].when.all", "risk_rules.empty"),
        ({}, "rules[0].when", "risk_rules.condition"),
        ({"all": [VELOCITY], "signal": "watched"}, "rules[0].when", "risk_rules.condition"),
        ({**VELOCITY, "at_least": 0}, "rules[0].when.at_least", "risk_rules.threshold"),
        ({**VELOCITY, "at_least": 1001}, "rules[0].when.at_least", "risk_rules.threshold"),
        ({"signal": "attempts", "by": "ip", "at_least": 3}, "rules[0].when.seconds", "risk_rules.missing"),
        ({**VELOCITY, "spread_ms": 5}, "rules[0].when.spread_ms", "risk_rules.not_taken"),
        ({**VELOCITY, "by": "phone"}, "rules[0].when.by", "risk_rules.phone"),
        ({**VELOCITY, "signal": "customers", "by": "customer"}, "rules[0].when.by", "risk_rules.threshold"),
        ({"signal": "account_age_days", "at_least": 9, "at_most": 3}, "rules[0].when.at_most", "risk_rules.threshold"),
        ({"signal": "account_age_days"}, "rules[0].when", "risk_rules.missing"),
        ({"signal": "channel", "in": ["fax"]}, "rules[0].when.in", "risk_rules.channel"),
        (
            {"signal": "regular_timing", "by": "ip", "seconds": 60, "attempts": 3, "spread_ms": 9},
            "rules[0].when.attempts",
            "risk_rules.threshold",
        ),
    ],
)
async def test_a_condition_that_cannot_be_is_refused_at_its_path(when: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await RISK_RULES.check("default", table(rule("deny", when=when)))
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [(path, code)]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (rule("limit"), "rules[0].limit"),
        (rule("deny", limit={"delay_seconds": 5}), "rules[0].limit"),
        (rule("limit", limit={"at_most": 5}), "rules[0].limit"),
        (rule("limit", limit={"at_most": 5, "seconds": 5, "by": "ip", "delay_seconds": 1}), "rules[0].limit"),
        (rule("limit", limit={"at_most": 5, "seconds": 5, "by": "phone"}), "rules[0].limit.by"),
        (rule("deny", hours=5), "rules[0].hours"),
        (rule("allow", message="好"), "rules[0].message"),
        (rule("deny", actions=["claim", "claim"]), "rules[0].actions"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_at_its_path(written: dict[str, Any], path: str) -> None:
    assert [fault.path for fault in faults_of(table(written))] == [path]


def test_every_fault_is_told_and_names_are_told_apart() -> None:
    faults = faults_of(table(rule("deny", "a", {"signal": "x"}), rule("limit", "a")))
    assert [fault.path for fault in faults] == ["rules[0].when.signal", "rules[1].name", "rules[1].limit"]


async def test_there_is_one_table_and_what_cannot_be_is_not_saved(database: str) -> None:
    for code, written in (("other", rule("deny")), ("default", rule("deny", when={"signal": "x"}))):
        with pytest.raises(RuleViolated):
            await approvals.save_draft(RISK_RULES, code, table(written), MAKER)
    assert await db.fetchval("SELECT count(*) FROM configuration") == 0


async def test_the_example_of_the_document_can_be_written() -> None:
    await RISK_RULES.check("default", msgspec.convert(RISK_RULES.example, RiskRules))


def test_pauses_that_are_alike_have_no_spread() -> None:
    at = [datetime.fromtimestamp(NOW.timestamp() + seconds, tz=UTC) for seconds in (0, 2, 4, 6)]
    assert spread_ms(at) == 0
    assert spread_ms([*at, datetime.fromtimestamp(NOW.timestamp() + 12, tz=UTC)]) > 1_000
    assert answer(Question("ip", 5, ("claim",), 3), [], NOW) == []


def test_every_rule_of_a_table_may_ask_something_else() -> None:
    some: list[Rule] = table(rule("deny", "a"), rule("review", "b", hours=2)).rules
    assert [one.hours for one in some] == [None, 2]
