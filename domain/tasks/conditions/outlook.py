"""What a condition still needs from now on, and until when. Pure."""

from datetime import date, datetime, timedelta

from domain.scopes import Measure
from domain.tasks.conditions.leaf import Leaf, State
from domain.tasks.conditions.periods import end_of_period
from domain.tasks.conditions.window import Span
from kit import clock


def missing(leaf: Leaf, state: State, span: Span, now: datetime) -> int:
    """In the unit of the target; 0 when met. What no longer can be added to, as last week's sum, helps no more."""
    if leaf.met(state):
        return 0
    return leaf.target - leaf.current(_still_growing(leaf, state, _present(leaf, span, now), span))


def until(leaf: Leaf, state: State, span: Span, now: datetime) -> datetime | None:
    """By when what is missing must be there: the end of the window, of its present period, or of the claim."""
    _, ends = leaf.window.bounds(span)
    bounded = span.expires_at is not None or leaf.window.name == "dates"
    return min(
        [*([ends] if bounded else []), *_end_of_bucket(leaf, state, _present(leaf, span, now), span)], default=None
    )


def _end_of_bucket(leaf: Leaf, state: State, moment: datetime, span: Span) -> list[datetime]:
    if leaf.window.bucket is None or leaf.item.measure is Measure.STATUS:
        return []
    if not leaf.window.days:
        return [end_of_period(leaf.window.name, moment, span.billing_day)]
    days = [date.fromisoformat(day) for day in _still_growing(leaf, state, moment, span)]
    return [clock.start_of_day(min(days) + timedelta(days=leaf.window.days))] if days else []


def _present(leaf: Leaf, span: Span, now: datetime) -> datetime:
    """Now, or the last moment that counted when all is over."""
    _, ends = leaf.window.bounds(span)
    return min(now, ends - timedelta(microseconds=1))


def _still_growing(leaf: Leaf, state: State, moment: datetime, span: Span) -> State:
    """The part of a state that what happens at `moment` adds to."""
    if leaf.item.measure is Measure.STATUS:
        return state
    if leaf.window.days:
        since = clock.business_day(moment) - timedelta(days=leaf.window.days - 1)
        state = {day: content for day, content in state.items() if date.fromisoformat(day) >= since}
    elif leaf.window.bucket:
        present = leaf.window.bucket(moment, span)
        state = {present: state[present]} if present in state else {}
    return _unbroken(state, clock.business_day(moment)) if leaf.item.measure is Measure.STREAK else state


def _unbroken(state: State, today: date) -> State:
    """Only the days in a row that today continues."""
    days = {day for content in state.values() for day in content}
    day = today if today.isoformat() in days else today - timedelta(days=1)
    run = set()
    while day.isoformat() in days:
        run.add(day.isoformat())
        day -= timedelta(days=1)
    return {bucket: kept for bucket, content in state.items() if (kept := [one for one in content if one in run])}
