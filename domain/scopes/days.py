"""The business day of an event."""

from datetime import date, datetime

from kit import clock

_last: tuple[datetime | None, date] = (None, date.min)


def day_of(instant: datetime) -> date:
    """The business day. Many conditions ask it of the same event one after the other: the last answer is kept."""
    global _last
    known, day = _last
    if known is not instant:
        day = clock.business_day(instant)
        _last = (instant, day)
    return day
