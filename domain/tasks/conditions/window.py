"""Layer 5: which moments count, and into which bucket (a calendar period, a day) each falls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.scopes import day_of
from domain.tasks.conditions.periods import BILLING, CALENDARS, UNKNOWN_BILLING_DAY, period, start_of_period
from kit import clock
from kit.errors import Fault

MAX_ROLLING_DAYS = 366


@dataclass(frozen=True)
class Span:
    """The life of one claim: what happens outside `[claimed_at, expires_at)` is judged by the window, months of the
    account by `billing_day`, which the claim keeps as it was when it was made.
    """

    claimed_at: datetime
    expires_at: datetime | None
    billing_day: int = UNKNOWN_BILLING_DAY


Bucket = Callable[[datetime, Span], str]


@dataclass(frozen=True)
class Window:
    """`bounds(span)` gives the half-open interval that counts; `bucket` is None where all of it is one bucket;
    `days` > 0 means buckets are days and any `days` of them in a row are judged together.
    """

    name: str
    begins: Callable[[Span], datetime]
    ends: datetime | None = None
    bucket: Bucket | None = None
    days: int = 0

    def bounds(self, span: Span) -> tuple[datetime, datetime]:
        """The interval that counts for a claim."""
        return self.begins(span), self._end(span)

    def holds(self, moment: datetime, span: Span) -> bool:
        """Whether `moment` lies within the bounds; what was after the claim needs no arithmetic."""
        if not (self.ends is None and moment >= span.claimed_at) and moment < self.begins(span):
            return False
        return moment < self._end(span)

    def _end(self, span: Span) -> datetime:
        claim_ends = span.expires_at or _NEVER
        return claim_ends if self.ends is None else min(self.ends, claim_ends)


_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


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
        return Window("claim", lambda span: span.claimed_at)
    if window == "lifetime":
        return Window("lifetime", lambda _: _EVER)
    if isinstance(window, str):
        raise ValueError(window)
    if "calendar" in window:
        return _by_calendar(window["calendar"])
    if "rolling_days" in window:
        days = window["rolling_days"]
        return Window(
            "rolling",
            lambda span: _days_before(span.claimed_at, days),
            bucket=lambda instant, _: period("day", instant),
            days=days,
        )
    begins = datetime.fromisoformat(window["from"])
    return Window("dates", lambda _: begins, datetime.fromisoformat(window["until"]))


def _by_calendar(calendar: str) -> Window:
    if calendar == BILLING:
        return Window(
            calendar,
            lambda span: start_of_period(calendar, span.claimed_at, span.billing_day),
            bucket=lambda instant, span: period(calendar, instant, span.billing_day),
        )
    return Window(
        calendar,
        lambda span: start_of_period(calendar, span.claimed_at),
        bucket=lambda instant, _: period(calendar, instant),
    )


def _days_before(instant: datetime, days: int) -> datetime:
    return clock.start_of_day(day_of(instant) - timedelta(days=days - 1))


def room_for_days(window: str | Mapping[str, Any] | None) -> int | None:
    """How many distinct days a valid window can hold by itself; None: any number."""
    if not isinstance(window, Mapping):
        return None
    if "rolling_days" in window:
        return int(window["rolling_days"])
    if "calendar" in window:
        return {"day": 1, "week": 7}.get(window["calendar"], 31)
    begins, ends = (datetime.fromisoformat(window[key]) for key in ("from", "until"))
    return (day_of(ends - timedelta(microseconds=1)) - day_of(begins)).days + 1
