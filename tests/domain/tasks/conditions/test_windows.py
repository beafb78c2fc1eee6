"""Which moments count, to the microsecond, by the calendar of Shanghai."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.tasks.conditions import Span
from domain.tasks.conditions.periods import end_of_period, period, start_of_period
from tests.domain.tasks.making import at, cumulative, leaf_of, purchase, reached

CLAIMED = at("2026-11-18 15:30")  # a Wednesday
EXPIRES = at("2026-12-18 15:30")
TICK = timedelta(microseconds=1)


def counts(window: Any, moment: datetime, expires: datetime | None = EXPIRES) -> bool:
    condition = cumulative("purchase.count", 1, window)
    return reached(condition, [purchase(occurred_at=moment)], Span(CLAIMED, expires)) == 1


@pytest.mark.parametrize(
    ("window", "begins"),
    [
        ("claim", CLAIMED),
        ({"calendar": "day"}, at("2026-11-18 00:00")),
        ({"calendar": "week"}, at("2026-11-16 00:00")),
        ({"calendar": "month"}, at("2026-11-01 00:00")),
        ({"rolling_days": 1}, at("2026-11-18 00:00")),
        ({"rolling_days": 7}, at("2026-11-12 00:00")),
        ({"from": "2026-11-20T08:00:00+08:00", "until": "2026-12-30T00:00:00+08:00"}, at("2026-11-20 08:00")),
    ],
)
def test_a_window_begins_on_the_dot_and_ends_with_the_claim(window: Any, begins: datetime) -> None:
    assert counts(window, begins)
    assert not counts(window, begins - TICK)
    assert counts(window, EXPIRES - TICK)
    assert not counts(window, EXPIRES)
    assert leaf_of(cumulative("purchase.count", 1, window)).window.bounds(Span(CLAIMED, EXPIRES)) == (begins, EXPIRES)


def test_dates_end_before_the_claim_does_where_they_say_so() -> None:
    window = {"from": "2026-11-01T00:00:00+08:00", "until": "2026-11-30T16:00:00+00:00"}
    assert counts(window, at("2026-11-01 00:00"))
    assert counts(window, at("2026-12-01 00:00") - TICK, None)
    assert not counts(window, at("2026-12-01 00:00"), None)


def test_a_lifetime_has_no_beginning_and_without_expiry_no_end() -> None:
    assert counts("lifetime", at("1970-01-02 00:00"))
    assert counts("lifetime", at("2999-01-01 00:00"), None)
    assert not counts("lifetime", EXPIRES)


@pytest.mark.parametrize(
    ("calendar", "moment", "name", "begins", "ends"),
    [
        ("day", "2026-11-22 00:00", "2026-11-22", "2026-11-22 00:00", "2026-11-23 00:00"),
        ("day", "2026-12-31 23:59", "2026-12-31", "2026-12-31 00:00", "2027-01-01 00:00"),
        ("week", "2026-11-22 23:59", "2026-W47", "2026-11-16 00:00", "2026-11-23 00:00"),
        ("week", "2026-11-23 00:00", "2026-W48", "2026-11-23 00:00", "2026-11-30 00:00"),
        ("week", "2027-01-01 12:00", "2026-W53", "2026-12-28 00:00", "2027-01-04 00:00"),
        ("month", "2026-01-31 23:59", "2026-01", "2026-01-01 00:00", "2026-02-01 00:00"),
        ("month", "2028-02-29 12:00", "2028-02", "2028-02-01 00:00", "2028-03-01 00:00"),
        ("month", "2026-12-31 23:59", "2026-12", "2026-12-01 00:00", "2027-01-01 00:00"),
    ],
)
def test_periods_of_the_calendar(calendar: str, moment: str, name: str, begins: str, ends: str) -> None:
    assert period(calendar, at(moment)) == name
    assert start_of_period(calendar, at(moment)) == at(begins)
    assert end_of_period(calendar, at(moment)) == at(ends)
    assert period(calendar, at(ends) - TICK) == name != period(calendar, at(ends))


def test_each_calendar_period_counts_for_itself() -> None:
    spread = [purchase(occurred_at=at(f"2026-11-{day} 12:00")) for day in (19, 20, 20, 26)]
    assert reached(cumulative("purchase.count", 9, {"calendar": "day"}), spread, Span(CLAIMED, None)) == 2
    assert reached(cumulative("purchase.count", 9, {"calendar": "week"}), spread, Span(CLAIMED, None)) == 3
    assert reached(cumulative("purchase.count", 9, {"calendar": "month"}), spread, Span(CLAIMED, None)) == 4


def test_midnight_in_shanghai_parts_two_days() -> None:
    parted = [purchase(occurred_at=at("2026-11-20 00:00") - TICK), purchase(occurred_at=at("2026-11-20 00:00"))]
    together = [purchase(occurred_at=at("2026-11-20 00:00")), purchase(occurred_at=at("2026-11-21 00:00") - TICK)]
    day = cumulative("purchase.amount", 20_000, {"calendar": "day"})
    assert reached(day, parted, Span(CLAIMED, None)) == 10_000
    assert reached(day, together, Span(CLAIMED, None)) == 20_000
