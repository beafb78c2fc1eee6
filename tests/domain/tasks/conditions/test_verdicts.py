"""Every verdict agrees with the compiled condition, whatever happened, and names its reason."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.events import Event
from domain.scopes import Measure
from domain.tasks.conditions import Leaf, Netted, Span, exact_states, net
from domain.tasks.conditions.leaf import EMPTY
from domain.tasks.conditions.outlook import missing, until
from domain.tasks.conditions.sentences import missing_text, verdict_text
from domain.tasks.conditions.verdict import COUNTED, REPEATED, Outcome, Verdict, deductions, verdicts
from tests.domain.tasks.conditions.strategies import STATUSES, conditions, contents, histories, moments
from tests.domain.tasks.making import (
    Condition,
    at,
    compiled,
    cumulative,
    event,
    leaf_of,
    purchase,
    refund,
    status,
    told,
)

spans = st.builds(
    lambda begins, days, billing: Span(begins, begins + timedelta(days=days) if days else None, billing),
    moments(),
    st.integers(0, 20),
    st.sampled_from([1, 17, 31]),
)
LONG_AGO = Span(at("2020-01-01 00:00"), None)
transactions = conditions().filter(lambda condition: condition["category"] != "status")


def as_item(item: str, *windows: str) -> st.SearchStrategy[Condition]:
    """Conditions over an item with any scope; of these windows where given, else with any."""

    def change(condition: Condition) -> Condition:
        window = condition["window"] if not windows or condition["window"] in windows else windows[0]
        return cumulative(item, 1_000, window, **condition.get("where", {}))

    return conditions().map(change)


statuses = st.builds(status, st.sampled_from(STATUSES), st.booleans(), conditions().map(lambda one: one["window"]))


def judged(condition: Condition, happened: list[Event], span: Span = LONG_AGO) -> list[Verdict]:
    return verdicts(leaf_of(condition), happened, net(happened), span)


def outcomes(condition: Condition, happened: list[Event], span: Span = LONG_AGO) -> list[str]:
    return [str(verdict.code) for verdict in judged(condition, happened, span)]


def state_with(leaf: Leaf, verdict: Verdict, span: Span) -> Any:
    """What this event alone, at its worth, makes of the condition."""
    return leaf.add(EMPTY, verdict.event, verdict.amount_fen, span)


@given(transactions, histories(), spans)
def test_an_event_counts_or_repeats_exactly_when_the_condition_takes_it(
    condition: Condition, happened: list[Event], span: Span
) -> None:
    leaf = leaf_of(condition)
    for verdict in judged(condition, happened, span):
        worth_something = verdict.code is not Outcome.REFUNDED
        taken = worth_something and state_with(leaf, verdict, span) != EMPTY
        assert (verdict.code in COUNTED | REPEATED) is taken


@given(transactions, histories(), spans)
def test_what_counted_alone_makes_the_exact_state(condition: Condition, happened: list[Event], span: Span) -> None:
    leaf, exact = leaf_of(condition), exact_states([leaf_of(condition)], net(happened), span)[0]
    counted = [verdict for verdict in judged(condition, happened, span) if verdict.code in COUNTED]
    state: Any = EMPTY
    for verdict in counted:
        before, state = state, leaf.add(state, verdict.event, verdict.amount_fen, span)
        assert state != before
    for verdict in deductions(leaf, net(happened), span):
        state = leaf.take(state, verdict.event, verdict.amount_fen, span)
    assert state == exact
    assert leaf.item.measure is not Measure.SINGLE or len(counted) == len(exact)


@given(as_item("purchase.amount") | as_item("repayment.count"), histories(), spans)
def test_without_one_that_counted_the_exact_state_is_another(
    condition: Condition, happened: list[Event], span: Span
) -> None:
    leaf = leaf_of(condition)
    netted = net(happened)
    whole = exact_states([leaf], netted, span)
    for verdict in judged(condition, happened, span):
        left = [(e, amount) for e, amount in netted.counted if e.event_id != verdict.event.event_id]
        without = exact_states([leaf], Netted(left, netted.unlinked), span)
        assert (without != whole) is (verdict.code in COUNTED)


@given(statuses, histories(), spans)
def test_a_status_that_counted_or_repeats_meets_the_condition(
    condition: Condition, happened: list[Event], span: Span
) -> None:
    leaf = leaf_of(condition)
    given_verdicts = judged(condition, happened, span)
    met = leaf.met(exact_states([leaf], net(happened), span)[0])
    assert any(verdict.code in COUNTED for verdict in given_verdicts) is met
    for verdict in given_verdicts:
        alone = leaf.met(state_with(leaf, verdict, span))
        assert alone is (verdict.code in COUNTED | REPEATED | {Outcome.STATUS_CHANGED})


@given(
    as_item("purchase.amount", "claim", "lifetime") | as_item("repayment.amount", "claim", "lifetime"),
    histories(),
    spans,
)
def test_the_sums_add_up(condition: Condition, happened: list[Event], span: Span) -> None:
    leaf = leaf_of(condition)
    counted = sum(verdict.amount_fen for verdict in judged(condition, happened, span) if verdict.code in COUNTED)
    off = sum(verdict.amount_fen for verdict in deductions(leaf, net(happened), span))
    assert counted - off == leaf.current(exact_states([leaf], net(happened), span)[0])


@given(conditions(), histories(), spans)
def test_window_and_scope_are_blamed_exactly_when_they_do_not_hold(
    condition: Condition, happened: list[Event], span: Span
) -> None:
    leaf = leaf_of(condition)
    begins, ends = leaf.window.bounds(span)
    for verdict in judged(condition, happened, span):
        if verdict.code is not Outcome.REFUNDED:
            assert verdict.code.startswith("before") is (verdict.event.occurred_at < begins)
            assert verdict.code.startswith("after") is (begins <= verdict.event.occurred_at >= ends)
        if verdict.code is not Outcome.REFUNDED and begins <= verdict.event.occurred_at < ends:
            fits = verdict.code in COUNTED | REPEATED or verdict.code.startswith(("status", "merchant_unknown"))
            assert leaf.matches(verdict.event, verdict.amount_fen) is fits


@given(contents(), histories(), spans, moments())
def test_everything_can_be_said(content: Condition, happened: list[Event], span: Span, now: Any) -> None:
    program = compiled(content)
    states = exact_states(program.leaves, net(happened), span)
    for leaf, label, state in zip(program.leaves, program.labels, states, strict=True):
        found = verdicts(leaf, happened, net(happened), span)
        assert len(found) == len({verdict.event.event_id for verdict in found})
        assert all("计入" in verdict_text(leaf, verdict) for verdict in found)
        lacking = missing(leaf, state, span, now)
        assert (lacking <= 0) is leaf.met(state)
        assert ("还" in missing_text(leaf, label, lacking)) is (lacking > 0)
        due = until(leaf, state, span, now)
        assert due is None or span.expires_at is None or due <= span.expires_at or leaf.window.name == "dates"


def test_each_field_of_a_scope_has_its_reason() -> None:
    happened = purchase(channel="pos", occurred_at=at("2026-11-03 10:00"), merchant_id="M1")  # a Tuesday
    asked: list[tuple[Condition, str]] = [
        ({"mcc": {"in": ["5812"]}}, "mcc"),
        ({"merchant": {"in": ["M2"]}}, "merchant"),
        ({"merchant.name": {"contains": "中石化"}}, "merchant"),
        ({"channel": {"in": ["online"]}}, "channel"),
        ({"card.product": {"in": ["gold"]}}, "card_product"),
        ({"weekday": {"in": [6, 7]}}, "weekday"),
        ({"hour": {"at_least": 18}}, "hour"),
        ({"wallet": {"in": ["apple"]}}, "wallet"),
        ({"region": {"in": ["310000"]}}, "region"),
        ({"attributes.shop": {"in": ["x"]}}, "scope"),
        ({"amount": {"at_least": 10_001}}, "amount_too_small"),
        ({"amount_fen": {"between": [20_000, 30_000]}}, "amount_too_small"),
        ({"amount": {"between": [1_000, 9_999]}}, "amount_too_large"),
        ({"amount": {"at_most": 9_999}}, "amount_too_large"),
        ({"amount": {"in": [5]}}, "amount_differs"),
        ({"mcc": {"in": ["5541"]}, "amount": {"at_least": 10_000}, "hour": {"at_most": 12}}, "counted"),
    ]
    for where, outcome in asked:
        assert outcomes(cumulative("purchase.count", 2, **where), [happened]) == [outcome], where


def test_a_refund_says_what_it_took() -> None:
    small, large, whole = purchase(amount_fen=30_000), purchase(amount_fen=30_000), purchase(amount_fen=5_000)
    happened = [small, large, whole, refund(small, 20_000), refund(large, 1_000), refund(whole)]
    condition = cumulative("purchase.amount", 100_000, amount={"at_least": 20_000})
    found = {verdict.event.event_id: verdict for verdict in judged(condition, happened)}
    assert found[small.event_id].code == "amount_too_small"
    assert verdict_text(leaf_of(condition), found[small.event_id]).endswith("未计入：退款后单笔金额不足 200 元")
    assert (found[large.event_id].code, found[large.event_id].amount_fen) == ("partly_refunded", 29_000)
    assert verdict_text(leaf_of(condition), found[large.event_id]).endswith("部分退款，按 290.00 元计入")
    assert found[whole.event_id].code == "refunded"


def test_the_same_day_or_merchant_again_counts_once() -> None:
    morning, evening = at("2026-11-03 08:00"), at("2026-11-03 20:00")
    happened = [purchase(occurred_at=evening), purchase(occurred_at=morning)]
    assert outcomes(cumulative("purchase.days", 3), happened) == ["counted", "day_counted"]
    assert outcomes(cumulative("purchase.merchants", 3), happened) == ["counted", "merchant_counted"]
    nameless = purchase(merchant_name=None)
    assert outcomes(cumulative("purchase.merchants", 3), [nameless]) == ["merchant_unknown"]


def test_of_single_transactions_the_largest_counts() -> None:
    condition = {"category": "stream", "item": "purchase", "at_least": 10_000, "window": "lifetime"}
    amounts = (12_000, 9_000, 15_000)
    happened = [purchase(amount_fen=fen, occurred_at=at("2026-11-03 08:00")) for fen in amounts]
    assert outcomes(condition, happened) == ["not_largest", "below_threshold", "counted"]
    was_larger = purchase(amount_fen=20_000, occurred_at=at("2026-11-03 09:00"))
    with_refund = [*happened, was_larger, refund(was_larger, 7_000)]
    assert outcomes(condition, with_refund) == ["not_largest", "below_threshold", "counted", "not_largest"]


def test_the_first_moment_of_a_window_is_in_it_and_the_last_is_not() -> None:
    span = Span(at("2026-11-02 12:00"), at("2026-11-10 12:00"))
    happened = [purchase(mcc="5812", occurred_at=moment) for moment in (span.claimed_at, span.expires_at)]
    condition = cumulative("purchase.count", 9, "claim", mcc={"in": ["5541"]})
    assert outcomes(condition, happened, span) == ["mcc", "after_expiry"]


def test_windows_say_on_which_side_an_event_missed_them() -> None:
    span = Span(at("2026-11-02 12:00"), at("2026-11-10 12:00"))
    times = ("2026-10-25 08:00", "2026-11-02 08:00", "2026-11-03 08:00", "2026-11-10 12:00")
    happened = [purchase(occurred_at=at(time)) for time in times]
    week = cumulative("purchase.count", 9, {"calendar": "week"})
    dates = {"from": "2026-11-02T00:00:00+08:00", "until": "2026-11-03T00:00:00+08:00"}
    assert outcomes(cumulative("purchase.count", 9, "claim"), happened, span) == [
        "before_claim",
        "before_claim",
        "counted",
        "after_expiry",
    ]
    assert outcomes(week, happened, span) == ["before_window", "counted", "counted", "after_expiry"]
    assert outcomes(cumulative("purchase.count", 9, dates), happened, span) == [
        "before_window",
        "counted",
        "after_window",
        "after_window",
    ]


def test_the_latest_status_before_the_claim_decides() -> None:
    span = Span(at("2026-11-05 00:00"), None)
    yes, no = ({"name": "wechat.bound", "value": value} for value in (True, False))
    first = event("status", attributes=yes, occurred_at=at("2026-11-01 08:00"))
    gone = event("status", attributes=no, occurred_at=at("2026-11-02 08:00"))
    back = event("status", attributes=yes, occurred_at=at("2026-11-03 08:00"))
    other = told("card.activated", occurred_at=at("2026-11-03 09:00"))
    condition = status("wechat.bound")
    assert outcomes(condition, [first, gone, other], span) == ["status_changed", "status_differs"]
    assert outcomes(condition, [first, gone, back], span) == ["status_known", "status_differs", "counted"]
