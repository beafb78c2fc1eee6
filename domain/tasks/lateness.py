"""How long after it expired a claim still hears of events that happened before: a setting, 7 days unless told."""

from datetime import timedelta

_lateness = timedelta(days=7)


def allow(days: int) -> None:
    """Once at start."""
    global _lateness
    _lateness = timedelta(days=days)


def allowed() -> timedelta:
    """The present allowance."""
    return _lateness
