"""Calendar periods in Asia/Shanghai: days, weeks, months, and a customer's own billing cycles. They tile all time."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from domain.scopes import day_of
from kit import clock

BILLING = "billing_cycle"
CALENDARS = ("day", "week", "month", BILLING)
UNKNOWN_BILLING_DAY = 1
"""Of a customer whose billing day nobody told us: the cycle is the calendar month."""


def period(calendar: str, instant: datetime, billing_day: int = UNKNOWN_BILLING_DAY) -> str:
    """The period of `instant`: `2026-11-22`, `2026-W47`, `2026-11`; `2026-11@17` is the cycle that began on the
    17th (or on the last day, where the month is shorter) of November.
    """
    day = day_of(instant)
    if calendar == "day":
        return day.isoformat()
    if calendar == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if calendar == BILLING:
        first = _first_of_cycle(day, billing_day)
        return f"{first.year}-{first.month:02d}@{billing_day:02d}"
    return f"{day.year}-{day.month:02d}"


def start_of_period(calendar: str, instant: datetime, billing_day: int = UNKNOWN_BILLING_DAY) -> datetime:
    """When the period of `instant` began."""
    return clock.start_of_day(_first_day(calendar, day_of(instant), billing_day))


def end_of_period(calendar: str, instant: datetime, billing_day: int = UNKNOWN_BILLING_DAY) -> datetime:
    """When the next period begins."""
    first = _first_day(calendar, day_of(instant), billing_day)
    if calendar == BILLING:
        following = _billing_day_in(*_next_month(first), billing_day)
    elif calendar == "month":
        following = date(*_next_month(first), 1)
    else:
        following = first + timedelta(days=7 if calendar == "week" else 1)
    return clock.start_of_day(following)


def _first_day(calendar: str, day: date, billing_day: int) -> date:
    if calendar == "week":
        return day - timedelta(days=day.weekday())
    if calendar == "month":
        return day.replace(day=1)
    return _first_of_cycle(day, billing_day) if calendar == BILLING else day


def _first_of_cycle(day: date, billing_day: int) -> date:
    begins = _billing_day_in(day.year, day.month, billing_day)
    if begins <= day:
        return begins
    last_of_previous = day.replace(day=1) - timedelta(days=1)
    return _billing_day_in(last_of_previous.year, last_of_previous.month, billing_day)


def _billing_day_in(year: int, month: int, billing_day: int) -> date:
    return date(year, month, min(billing_day, monthrange(year, month)[1]))


def _next_month(day: date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
