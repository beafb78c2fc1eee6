"""Calendar periods tile all time, each day, week, month and billing cycle as Shanghai counts them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tasks.conditions import Span
from domain.tasks.conditions.periods import BILLING, CALENDARS, end_of_period, period, start_of_period
from tests.domain.tasks.making import at, cumulative, leaf_of, purchase

instants = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
billing_days = st.integers(1, 31)
A_MICROSECOND = timedelta(microseconds=1)


@given(st.sampled_from(CALENDARS), instants, billing_days)
def test_periods_have_neither_gaps_nor_overlaps(calendar: str, instant: datetime, billing_day: int) -> None:
    begins, ends = (edge(calendar, instant, billing_day) for edge in (start_of_period, end_of_period))
    name = period(calendar, instant, billing_day)
    assert begins <= instant < ends
    for inside in (begins, ends - A_MICROSECOND):
        assert period(calendar, inside, billing_day) == name
        assert start_of_period(calendar, inside, billing_day) == begins
        assert end_of_period(calendar, inside, billing_day) == ends
    for outside in (begins - A_MICROSECOND, ends):
        assert period(calendar, outside, billing_day) != name
    assert end_of_period(calendar, begins - A_MICROSECOND, billing_day) == begins


@given(instants, billing_days)
def test_a_billing_cycle_is_as_long_as_a_month(instant: datetime, billing_day: int) -> None:
    length = end_of_period(BILLING, instant, billing_day) - start_of_period(BILLING, instant, billing_day)
    an_hour = timedelta(hours=1)  # China had summer time from 1986 to 1991
    assert timedelta(days=28) - an_hour <= length <= timedelta(days=31) + an_hour


@pytest.mark.parametrize(
    ("moment", "billing_day", "begins", "name"),
    [
        ("2026-11-16 23:59", 17, "2026-10-17 00:00", "2026-10@17"),
        ("2026-11-17 00:00", 17, "2026-11-17 00:00", "2026-11@17"),
        ("2026-01-05 12:00", 17, "2025-12-17 00:00", "2025-12@17"),
        ("2026-02-27 12:00", 31, "2026-01-31 00:00", "2026-01@31"),
        ("2026-02-28 12:00", 31, "2026-02-28 00:00", "2026-02@31"),
        ("2028-02-28 12:00", 30, "2028-01-30 00:00", "2028-01@30"),
        ("2028-02-29 12:00", 30, "2028-02-29 00:00", "2028-02@30"),
        ("2026-03-30 12:00", 31, "2026-02-28 00:00", "2026-02@31"),
        ("2026-11-01 00:00", 1, "2026-11-01 00:00", "2026-11@01"),
    ],
)
def test_a_short_month_has_its_billing_day_on_its_last(moment: str, billing_day: int, begins: str, name: str) -> None:
    assert start_of_period(BILLING, at(moment), billing_day) == at(begins)
    assert period(BILLING, at(moment), billing_day) == name


def test_purchases_of_one_cycle_add_up_and_those_of_two_do_not() -> None:
    leaf = leaf_of(cumulative("purchase.amount", 1_000, {"calendar": BILLING}))
    span = Span(at("2026-11-20 12:00"), None, billing_day=17)
    state = {}
    for moment, amount in (("2026-11-17 00:00", 400), ("2026-12-16 23:59", 500), ("2026-12-17 00:00", 300)):
        state = leaf.add(state, purchase(amount_fen=amount, occurred_at=at(moment)), amount, span)
    assert leaf.current(state) == 900
    before_the_cycle = purchase(occurred_at=at("2026-11-16 23:59"))
    assert leaf.add(state, before_the_cycle, 100, span) is state
