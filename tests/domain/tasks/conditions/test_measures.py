"""Sums, counts, distinct days and merchants, streaks, rolling days, statuses; progress and percent."""

import pytest

from domain.events import Event
from domain.tasks.conditions import Span, exact_states, net
from tests.domain.tasks.making import (
    Condition,
    at,
    compiled,
    cumulative,
    event,
    purchase,
    reached,
    special,
    status,
    told,
)

SPAN = Span(at("2026-11-10 12:00"), at("2026-12-10 12:00"))


def on(*days: int) -> list[Event]:
    """Sign-ins at noon of these days of November."""
    return [event("sign_in", occurred_at=at(f"2026-11-{day:02d} 12:00")) for day in days]


def bought(*days_and_amounts: tuple[int, int]) -> list[Event]:
    return [purchase(amount_fen=fen, occurred_at=at(f"2026-11-{day:02d} 12:00")) for day, fen in days_and_amounts]


def test_amount_count_and_the_largest_single_one() -> None:
    three = bought((11, 100), (11, 250), (12, 30))
    assert reached(cumulative("purchase.amount", 999), three) == 380
    assert reached(cumulative("purchase.count", 999), three) == 3
    assert reached({"category": "stream", "item": "purchase", "at_least": 999, "window": "lifetime"}, three) == 250


def test_one_kind_of_transaction_never_counts_as_another() -> None:
    mixed = [event(kind, amount_fen=100) for kind in ("cash_advance", "instalment", "repayment", "purchase")]
    for kind in ("cash_advance", "instalment", "repayment", "purchase"):
        assert reached(cumulative(f"{kind}.amount", 999), mixed) == 100


def test_days_are_distinct() -> None:
    assert reached(cumulative("purchase.days", 9), bought((11, 1), (11, 1), (13, 1))) == 2
    assert reached(special("sign_in.days", 9), on(11, 11, 12, 12)) == 2


def test_merchants_are_told_apart_by_id_then_by_name() -> None:
    seen = [("M1", "甲"), ("M1", "乙"), (None, "甲"), (None, "甲"), ("M2", None), (None, None)]
    shops = [purchase(merchant_id=number, merchant_name=name) for number, name in seen]
    assert reached(cumulative("purchase.merchants", 9), shops) == 3


@pytest.mark.parametrize(
    ("days", "streak"),
    [([], 0), ([11], 1), ([11, 12, 14, 15, 16], 3), ([16, 12, 15, 11, 14, 16], 3), ([11, 13, 15], 1), ([29, 30], 2)],
)
def test_the_longest_streak_in_whatever_order_it_is_told(days: list[int], streak: int) -> None:
    assert reached(special("sign_in.streak", 9), on(*days)) == streak


def test_a_streak_goes_on_over_the_end_of_a_month_but_not_of_its_calendar_month() -> None:
    over = [
        event("sign_in", occurred_at=at(day)) for day in ("2026-11-29 09:00", "2026-11-30 09:00", "2026-12-01 09:00")
    ]
    assert reached(special("sign_in.streak", 9), over) == 3
    assert reached(special("sign_in.streak", 9, {"calendar": "month"}), over) == 2


def test_rolling_days_find_the_best_run() -> None:
    week = {"rolling_days": 7}
    spread = bought((11, 100), (17, 100), (18, 100), (24, 100))
    assert reached(cumulative("purchase.amount", 9, week), spread) == 200
    assert reached(cumulative("purchase.amount", 9, {"rolling_days": 8}), spread) == 300
    assert reached(cumulative("purchase.count", 9, {"rolling_days": 1}), spread) == 1
    assert reached(cumulative("purchase.days", 7, week), spread) == 2
    assert reached(special("sign_in.streak", 7, week), on(11, 12, 13, 17, 18)) == 3
    single = {"category": "stream", "item": "purchase", "at_least": 9, "window": week}
    assert reached(single, bought((11, 100), (12, 300))) == 300


def test_rolling_merchants_are_distinct_over_the_run() -> None:
    shops = [purchase(merchant_id=shop, occurred_at=at(f"2026-11-{day} 12:00")) for day, shop in ((11, "A"), (12, "A"))]
    assert reached(cumulative("purchase.merchants", 9, {"rolling_days": 3}), shops) == 1


@pytest.mark.parametrize(
    ("story", "met"),
    [
        ([("2026-11-01", True)], True),
        ([("2026-11-01", True), ("2026-11-02", False)], False),
        ([("2026-11-01", True), ("2026-11-02", False), ("2026-11-20", True)], True),
        ([("2026-11-20", True), ("2026-11-21", False)], True),
        ([("2026-11-01", True), ("2026-11-20", False)], True),
        ([("2026-11-20", False)], False),
        ([("2026-12-20", True)], False),
        ([("2026-11-01", "true")], False),
    ],
)
def test_a_status_was_so_when_the_claim_began_or_became_so_during_it(
    story: list[tuple[str, object]], met: bool
) -> None:
    events = [told("card.activated", value, occurred_at=at(f"{day} 12:00")) for day, value in story]
    for order in (events, events[::-1]):
        assert reached(status("card.activated"), order, SPAN) == int(met)


def test_only_the_status_that_is_named_counts() -> None:
    others = [told("wechat.bound"), event("status", attributes=None)]
    assert reached(status("card.activated"), others) == 0
    assert reached(status("card.tier", "gold"), [told("card.tier", "gold")]) == 1


def test_a_status_asked_for_since_the_claim_does_not_look_back() -> None:
    before = told("card.activated", occurred_at=at("2026-11-10 11:59"))
    assert reached(status("card.activated", window="claim"), [before], SPAN) == 0
    assert reached(status("card.activated"), [before], SPAN) == 1


def percent_and_done(content: Condition, events: list[Event]) -> tuple[int, bool]:
    program = compiled(content)
    states = exact_states(program.leaves, net(events), Span(at("2020-01-01 00:00"), None))
    return program.percent(states), program.completes(states)


SPENT = bought((11, 3_333))
THIRD, HALF, NONE, DONE = (cumulative("purchase.amount", n) for n in (9_999, 6_666, 10**9, 3_333))


@pytest.mark.parametrize(
    ("content", "percent", "done"),
    [
        (THIRD, 33, False),
        (DONE, 100, True),
        (cumulative("purchase.amount", 3_334), 99, False),
        ({"all": [DONE, HALF]}, 75, False),
        ({"all": [DONE, DONE]}, 100, True),
        ({"any": [THIRD, HALF]}, 50, False),
        ({"any": [NONE, DONE]}, 100, True),
        ({"at_least": 2, "of": [DONE, HALF, THIRD]}, 75, False),
        ({"at_least": 2, "of": [DONE, NONE, DONE]}, 100, True),
        ({"all": [DONE, {"any": [HALF, {"all": [DONE, THIRD]}]}]}, 83, False),
    ],
)
def test_percent_counts_what_is_nearest_to_done(content: Condition, percent: int, done: bool) -> None:
    assert percent_and_done(content, SPENT) == (percent, done)


def test_progress_shows_every_condition_and_nothing_below_zero() -> None:
    program = compiled({"all": [THIRD, cumulative("purchase.count", 1), status("wechat.bound")]})
    states = exact_states(program.leaves, net([*SPENT, event("refund", amount_fen=5_000)]), SPAN)
    shown = [(one.current, one.target, one.unit, one.done) for one in program.progress(states)]
    assert shown == [(0, 9_999, "fen", False), (1, 1, "times", True), (0, 1, "done", False)]


def test_a_claim_that_has_seen_nothing_is_at_zero() -> None:
    program = compiled(
        {"all": [THIRD, special("sign_in.streak", 2), cumulative("purchase.days", 2, {"rolling_days": 2})]}
    )
    assert program.percent(program.start()) == 0
    assert [one.current for one in program.progress(program.start())] == [0, 0, 0]
