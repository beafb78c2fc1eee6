"""The exact path against plain Python that follows the description of the items and knows nothing of the engine."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.events import Event
from domain.events.event import MONEY_IN
from domain.tasks.conditions import Span
from tests.domain.tasks.conditions.strategies import START, without_take_backs
from tests.domain.tasks.making import cumulative, reached, special

SHANGHAI = timezone(timedelta(hours=8))
spans = st.builds(
    lambda days, ends, billing: Span(START + timedelta(days=days), START + timedelta(days=days + ends), billing),
    st.integers(-10, 10),
    st.integers(1, 20),
    st.integers(1, 31),
)
Paid = tuple[datetime, int, str | None]
MEASURES: dict[str, Callable[[list[Paid]], int]] = {
    "amount": lambda paid: sum(amount for _, amount, _ in paid),
    "count": len,
    "days": lambda paid: len({when.date() for when, _, _ in paid}),
    "merchants": lambda paid: len({shop for _, _, shop in paid if shop}),
    "streak": lambda paid: longest({when.date() for when, _, _ in paid}),
}


def longest(days: set[date]) -> int:
    return max((run(day, days) for day in days), default=0)


def run(day: date, days: set[date]) -> int:
    return 1 + run(day + timedelta(days=1), days) if day in days else 0


def cycle(day: date, billing_day: int) -> date:
    """The first day of the billing cycle of `day`, found by going back day by day."""
    while not (day.day == billing_day or (day.day < billing_day and (day + timedelta(days=1)).day == 1)):
        day -= timedelta(days=1)
    return day


def bucket_of(window: Any, day: date, billing_day: int) -> Any:
    if not isinstance(window, dict):
        return None
    by_name: dict[str, Callable[[], Any]] = {
        "day": lambda: day,
        "week": lambda: day - timedelta(days=day.weekday()),
        "month": lambda: (day.year, day.month),
        "billing_cycle": lambda: cycle(day, billing_day),
    }
    return by_name[window["calendar"]]()


def expected(kinds: tuple[str, ...], measure: str, window: Any, events: list[Event], span: Span) -> int:
    claimed, bill = span.claimed_at.astimezone(SHANGHAI), span.billing_day
    buckets: dict[Any, list[Paid]] = {}
    for event in events:
        when = event.occurred_at.astimezone(SHANGHAI)
        bucket = bucket_of(window, when.date(), bill)
        early = when < claimed and (window == "claim" or bucket != bucket_of(window, claimed.date(), bill))
        if event.type in kinds and not early and span.expires_at is not None and when < span.expires_at:
            shop = event.merchant_id or event.merchant_name
            buckets.setdefault(bucket, []).append((when, event.amount_fen, shop))
    return max((MEASURES[measure](paid) for paid in buckets.values()), default=0)


windows = st.sampled_from(["claim", *({"calendar": name} for name in ("day", "week", "month", "billing_cycle"))])


@given(st.sampled_from(MONEY_IN), st.sampled_from([*MEASURES]), windows, without_take_backs(), spans)
def test_money(kind: str, measure: str, window: Any, events: list[Event], span: Span) -> None:
    condition = cumulative(f"{kind}.{measure}", 1, window)
    assert reached(condition, events, span) == expected((kind,), measure, window, events, span)


@given(st.sampled_from(["days", "streak"]), windows, without_take_backs(6, 16), spans)
def test_behaviour(measure: str, window: Any, events: list[Event], span: Span) -> None:
    for name in ("sign_in", "custom.quiz"):
        condition = special(f"{name}.{measure}", 1, window)
        assert reached(condition, events, span) == expected((name,), measure, window, events, span)
