"""One condition, compiled: how an event changes its state, and how far a state is from the threshold.

A state is small JSON: bucket → number, or bucket → list of what was seen. States are never changed in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.events.event import Event
from domain.scopes import Item, Measure, Predicate, Where, day_of
from domain.tasks.conditions.window import Span, Window

State = Mapping[str, Any]
EMPTY: State = {}
_SETS = (Measure.DAYS, Measure.MERCHANTS, Measure.STREAK)


@dataclass(frozen=True)
class Leaf:
    """`target` is in the unit of the item; `value` is what a status must be; `where` and `asked_window` are layers 3
    and 5 as they were written, for whoever has to put them into words.
    """

    index: int
    path: str
    item: Item
    matches: Predicate
    mccs: frozenset[str] | None
    where: Where
    window: Window
    asked_window: str | Mapping[str, Any]
    target: int
    value: Any = None

    def add(self, state: State, event: Event, amount_fen: int, span: Span) -> State:
        """The state after `event` with its net amount; the same object when the event does not count."""
        if self.item.measure is Measure.STATUS:
            return self._learn_status(state, event, span)
        return self._put(state, event, amount_fen, span) if self._in_reach(event, amount_fen, span) else state

    def take(self, state: State, refund: Event, amount_fen: int, span: Span) -> State:
        """The state after a refund that links to no purchase: it comes off the sums it meets by its own fields."""
        if self.item.measure is not Measure.AMOUNT or self.item.event_type != "purchase":
            return state
        return self._put(state, refund, -amount_fen, span) if self._in_reach(refund, amount_fen, span) else state

    def _in_reach(self, event: Event, amount_fen: int, span: Span) -> bool:
        return self.window.holds(event.occurred_at, span) and self.matches(event, amount_fen)

    def _put(self, state: State, event: Event, amount_fen: int, span: Span) -> State:
        bucket = self.window.bucket(event.occurred_at, span) if self.window.bucket else ""
        before = state.get(bucket)
        after = self._grown(before, event, amount_fen)
        return state if after == before else {**state, bucket: after}

    def _grown(self, before: Any, event: Event, amount_fen: int) -> Any:
        measure = self.item.measure
        if measure is Measure.AMOUNT:
            return (before or 0) + amount_fen
        if measure is Measure.COUNT:
            return (before or 0) + 1
        if measure is Measure.SINGLE:
            return max(before or 0, amount_fen)
        seen: list[str] = before or []
        key = event.merchant() if measure is Measure.MERCHANTS else day_of(event.occurred_at).isoformat()
        return before if key is None or key in seen else sorted([*seen, key])

    def _learn_status(self, state: State, event: Event, span: Span) -> State:
        """Met when the status was as asked at any moment of the claim's life: already so when it began (for a window
        that looks back), or told so within it. That way the order in which it is told does not matter.
        """
        attributes = event.attributes or {}
        if attributes.get("name") != self.item.name:
            return state
        moment = event.occurred_at
        if not self.window.holds(moment, span):
            return state
        fits = attributes.get("value") == self.value
        if moment >= span.claimed_at:
            return {**state, "during": 1} if fits and not state.get("during") else state
        stamp = [moment.timestamp(), event.event_id, event.source]
        if state.get("before") and state["before"][:3] >= stamp:
            return state
        return {**state, "before": [*stamp, int(fits)]}

    def doubts(self, event: Event) -> bool:
        """Whether `event` tells that a status was not as asked: told late, it takes from what was met already."""
        told = event.attributes or {}
        return (
            self.item.measure is Measure.STATUS
            and self.window.name != "claim"
            and told.get("name") == self.item.name
            and told.get("value") != self.value
        )

    def current(self, state: State) -> int:
        """How far the state has come, in the unit of the target; may be negative after refunds."""
        if self.item.measure is Measure.STATUS:
            return int(bool(state.get("during") or (state.get("before") or [0])[-1]))
        if not state:
            return 0
        if self.window.days:
            return self._best_run_of_days(state)
        return max(self._size(content) for content in state.values())

    def _size(self, content: Any) -> int:
        if self.item.measure is Measure.STREAK:
            return _longest_streak(content)
        return len(content) if self.item.measure in _SETS else content

    def _best_run_of_days(self, state: State) -> int:
        """The best of all runs of `window.days` days that begin on a day with something in it."""
        days = sorted((date.fromisoformat(day), content) for day, content in state.items())
        best = 0
        for first, _ in days:
            run = [content for day, content in days if first <= day < first + timedelta(days=self.window.days)]
            if self.item.measure is Measure.SINGLE:
                reached = max(run)
            elif self.item.measure in _SETS:
                reached = self._size(sorted(set().union(*run)))
            else:
                reached = sum(run)
            best = max(best, reached)
        return best

    def met(self, state: State) -> bool:
        """Whether the threshold is reached."""
        return self.current(state) >= self.target


def _longest_streak(days: list[str]) -> int:
    best = run = 0
    previous: date | None = None
    for day in map(date.fromisoformat, days):
        run = run + 1 if previous is not None and day - previous == timedelta(days=1) else 1
        best, previous = max(best, run), day
    return best
