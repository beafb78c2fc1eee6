"""Layer 5: which moments count, and into which bucket (a calendar period, a day) each falls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kit import clock
from kit.errors import Fault

CALENDARS = ("day", "week", "month")
MAX_ROLLING_DAYS = 366
Bucket = Callable[[datetime], str]


@dataclass(frozen=True)
class Span:
    """The life of one claim: what happens outside `[claimed_at, expires_at)` is judged by the window."""

    claimed_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class Window:
    """`bounds(span)` gives the half-open interval that counts; `bucket` is None where all of it is one bucket;
    `days` > 0 means buckets are days and any `days` of them in a row are judged together.
    """

    name: str
    bounds: Callable[[Span], tuple[datetime, datetime]]
    bucket: Bucket | None = None
    days: int = 0


_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def period(calendar: str, instant: datetime) -> str:
    """The calendar period of `instant` in Asia/Shanghai: `2026-11-22`, `2026-W47`, `2026-11`."""
    day = clock.business_day(instant)
    if calendar == "day":
        return day.isoformat()
    if calendar == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day.year}-{day.month:02d}"


def start_of_period(calendar: str, instant: datetime) -> datetime:
    """When the period of `instant` began."""
    day = clock.business_day(instant)
    if calendar == "week":
        day -= timedelta(days=day.weekday())
    elif calendar == "month":
        day = day.replace(day=1)
    return clock.start_of_day(day)


def end_of_period(calendar: str, instant: datetime) -> datetime:
    """When the next period begins."""
    day = clock.business_day(start_of_period(calendar, instant))
    if calendar == "month":
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    else:
        following = day + timedelta(days=7 if calendar == "week" else 1)
    return clock.start_of_day(following)


def faults(window: str | Mapping[str, Any] | None, path: str) -> list[Fault]:
    """Everything wrong with a window, each with its path."""
    if window is None:
        return [
            Fault(
                path,
                "condition.missing",
                'say "claim", "lifetime", {"calendar": …}, {"rolling_days": …} or dates',
            )
        ]
    if isinstance(window, str):
        return [] if window in ("claim", "lifetime") else [_unknown(path)]
    keys = set(window)
    if keys == {"calendar"}:
        if window["calendar"] in CALENDARS:
            return []
        return [Fault(f"{path}.calendar", "condition.unknown_window", f"one of {', '.join(CALENDARS)}")]
    if keys == {"rolling_days"}:
        days = window["rolling_days"]
        if isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= MAX_ROLLING_DAYS:
            return []
        return [
            Fault(
                f"{path}.rolling_days",
                "condition.wrong_value",
                f"a whole number from 1 to {MAX_ROLLING_DAYS}",
            )
        ]
    if keys == {"from", "until"}:
        return _date_faults(window, path)
    return [_unknown(path)]


def _unknown(path: str) -> Fault:
    choices = '"claim", "lifetime", {"calendar": …}, {"rolling_days": …}, {"from": …, "until": …}'
    return Fault(path, "condition.unknown_window", f"one of {choices}")


def _date_faults(window: Mapping[str, Any], path: str) -> list[Fault]:
    found = [
        Fault(f"{path}.{key}", "condition.wrong_value", "a time with offset, as in 2026-11-01T00:00:00+08:00")
        for key in ("from", "until")
        if _instant(window[key]) is None
    ]
    if not found and _instant(window["from"]) >= _instant(window["until"]):  # type: ignore[operator]
        found.append(Fault(f"{path}.until", "condition.impossible", "must lie after from"))
    return found


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None else None


def compile_window(window: str | Mapping[str, Any]) -> Window:
    """A valid window as closures."""
    if window == "claim":
        return Window("claim", lambda span: (span.claimed_at, span.expires_at or _NEVER))
    if window == "lifetime":
        return Window("lifetime", lambda span: (_EVER, span.expires_at or _NEVER))
    if isinstance(window, str):
        raise ValueError(window)
    if "calendar" in window:
        calendar = window["calendar"]
        return Window(
            calendar,
            lambda span: (start_of_period(calendar, span.claimed_at), span.expires_at or _NEVER),
            lambda instant: period(calendar, instant),
        )
    if "rolling_days" in window:
        days = window["rolling_days"]
        return Window(
            "rolling",
            lambda span: (_days_before(span.claimed_at, days), span.expires_at or _NEVER),
            lambda instant: period("day", instant),
            days,
        )
    begins, ends = datetime.fromisoformat(window["from"]), datetime.fromisoformat(window["until"])
    return Window("dates", lambda span: (begins, min(ends, span.expires_at or _NEVER)))


def _days_before(instant: datetime, days: int) -> datetime:
    return clock.start_of_day(clock.business_day(instant) - timedelta(days=days - 1))
