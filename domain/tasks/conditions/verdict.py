"""What became of each event in the eyes of one condition, and why. The compiled condition decides, this asks it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.events.event import MONEY_IN, Event
from domain.scopes import Measure, Predicate, Test, Where, bounds, compile_scope, only
from domain.tasks.conditions.leaf import EMPTY, Leaf, State
from domain.tasks.conditions.netting import Netted
from domain.tasks.conditions.window import Span


class Outcome(StrEnum):
    """The first two counted, and `deducted` came off; everything else did not count."""

    COUNTED = "counted"
    PARTLY_REFUNDED = "partly_refunded"
    DEDUCTED = "deducted"
    MCC = "mcc"
    MCC_EXCLUDED = "mcc_excluded"
    MERCHANT = "merchant"
    CHANNEL = "channel"
    CARD_PRODUCT = "card_product"
    WALLET = "wallet"
    REGION = "region"
    WEEKDAY = "weekday"
    HOUR = "hour"
    AMOUNT_TOO_SMALL = "amount_too_small"
    AMOUNT_TOO_LARGE = "amount_too_large"
    AMOUNT_DIFFERS = "amount_differs"
    SCOPE = "scope"
    BEFORE_CLAIM = "before_claim"
    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    AFTER_EXPIRY = "after_expiry"
    REFUNDED = "refunded"
    DAY_COUNTED = "day_counted"
    MERCHANT_COUNTED = "merchant_counted"
    MERCHANT_UNKNOWN = "merchant_unknown"
    BELOW_THRESHOLD = "below_threshold"
    NOT_LARGEST = "not_largest"
    STATUS_DIFFERS = "status_differs"
    STATUS_CHANGED = "status_changed"
    STATUS_KNOWN = "status_known"
    ARRIVED_LATE = "arrived_late"
    AFTER_COMPLETION = "after_completion"


COUNTED = frozenset({Outcome.COUNTED, Outcome.PARTLY_REFUNDED})
REPEATED = frozenset(
    {Outcome.DAY_COUNTED, Outcome.MERCHANT_COUNTED, Outcome.BELOW_THRESHOLD, Outcome.NOT_LARGEST, Outcome.STATUS_KNOWN}
)
"""In scope and window, and worth nothing beside what counted already."""


@dataclass(frozen=True)
class Verdict:
    """`amount_fen` is the net amount; `bound_fen` what the amount was measured against, and `note` what is to be told
    beside the reason, where that decided.
    """

    event: Event
    amount_fen: int
    code: Outcome
    bound_fen: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class _Test:
    code: Outcome
    holds: Predicate
    bound_fen: int | None = None


_FIELDS = {
    "mcc": Outcome.MCC,
    "merchant": Outcome.MERCHANT,
    "channel": Outcome.CHANNEL,
    "card": Outcome.CARD_PRODUCT,
    "wallet": Outcome.WALLET,
    "region": Outcome.REGION,
    "weekday": Outcome.WEEKDAY,
    "hour": Outcome.HOUR,
}


def verdicts(leaf: Leaf, events: Iterable[Event], netted: Netted, span: Span) -> list[Verdict]:
    """One for each of `events` the condition looks at, oldest first; `netted` holds what they are worth.

    Of several of which one is enough (the same day or merchant, the largest, a status) the one that made the
    difference counted.
    """
    worth = {(event.source, event.event_id): amount for event, amount in netted.counted}
    asked = _Asked(leaf, _tests(leaf.where), span)
    looked_at = [event for event in events if _looks_at(leaf, event)]
    ordered = _sorted(leaf, looked_at, worth)
    found = [asked.about(event, worth.get((event.source, event.event_id), 0)) for event in ordered]
    return sorted(found, key=lambda verdict: _moment(verdict.event))


def deductions(leaf: Leaf, netted: Netted, span: Span) -> list[Verdict]:
    """The refunds that link to no purchase and came off this condition's sum, oldest first."""
    taken = [
        Verdict(refund, amount, Outcome.DEDUCTED)
        for refund, amount in netted.unlinked
        if leaf.take(EMPTY, refund, amount, span) is not EMPTY
    ]
    return sorted(taken, key=lambda verdict: _moment(verdict.event))


def _looks_at(leaf: Leaf, event: Event) -> bool:
    if leaf.item.measure is Measure.STATUS and (event.attributes or {}).get("name") != leaf.item.name:
        return False
    return event.type == leaf.item.event_type


def _moment(event: Event) -> tuple[Any, ...]:
    return event.occurred_at, event.event_id, event.source


def _sorted(leaf: Leaf, events: Sequence[Event], worth: Mapping[tuple[str, str], int]) -> list[Event]:
    """The order in which the event that makes the difference meets the condition first."""
    if leaf.item.measure is Measure.SINGLE:
        return sorted(events, key=lambda e: (-worth.get((e.source, e.event_id), 0), _moment(e)))
    return sorted(events, key=_moment, reverse=leaf.item.measure is Measure.STATUS)


class _Asked:
    """A condition that is shown one event after the other."""

    def __init__(self, leaf: Leaf, tests: Sequence[_Test], span: Span) -> None:
        self._leaf, self._tests, self._span = leaf, tests, span
        self._state: State = EMPTY

    def about(self, event: Event, amount_fen: int) -> Verdict:
        if event.type in MONEY_IN and amount_fen == 0:
            return Verdict(event, 0, Outcome.REFUNDED)
        before, self._state = self._state, self._leaf.add(self._state, event, amount_fen, self._span)
        alone = self._leaf.add(EMPTY, event, amount_fen, self._span)
        if alone is EMPTY or (self._leaf.item.measure is Measure.STATUS and not self._leaf.met(alone)):
            return self._refused(event, amount_fen)
        if self._state is before:
            return self._repeated(event, amount_fen)
        return Verdict(
            event, amount_fen, Outcome.COUNTED if amount_fen == event.amount_fen else Outcome.PARTLY_REFUNDED
        )

    def _refused(self, event: Event, amount_fen: int) -> Verdict:
        begins, ends = self._leaf.window.bounds(self._span)
        if event.occurred_at < begins:
            code = Outcome.BEFORE_CLAIM if begins == self._span.claimed_at else Outcome.BEFORE_WINDOW
        elif event.occurred_at >= ends:
            code = Outcome.AFTER_EXPIRY if ends == self._span.expires_at else Outcome.AFTER_WINDOW
        elif failed := next((test for test in self._tests if not test.holds(event, amount_fen)), None):
            return Verdict(event, amount_fen, failed.code, failed.bound_fen)
        else:
            code = Outcome.STATUS_DIFFERS if self._leaf.item.measure is Measure.STATUS else Outcome.MERCHANT_UNKNOWN
        return Verdict(event, amount_fen, code)

    def _repeated(self, event: Event, amount_fen: int) -> Verdict:
        measure = self._leaf.item.measure
        if measure is Measure.SINGLE and amount_fen < self._leaf.target:
            return Verdict(event, amount_fen, Outcome.BELOW_THRESHOLD, self._leaf.target)
        if measure is Measure.STATUS:
            code = Outcome.STATUS_KNOWN if self._leaf.met(self._state) else Outcome.STATUS_CHANGED
        elif measure is Measure.SINGLE:
            code = Outcome.NOT_LARGEST
        else:
            code = Outcome.MERCHANT_COUNTED if measure is Measure.MERCHANTS else Outcome.DAY_COUNTED
        return Verdict(event, amount_fen, code)


def _tests(where: Where) -> list[_Test]:
    """A scope field by field, each compiled as the whole is."""
    return [test for field, asked in where.items() for test in _tests_of(field, asked)]


def _tests_of(field: str, asked: Test) -> list[_Test]:
    if field not in ("amount", "amount_fen"):
        name = field.replace(".", "_").partition("_")[0]
        return [_Test(_FIELDS.get(name, Outcome.SCOPE), compile_scope({field: asked}))]
    name, value = only(asked)
    if name in ("in", "not_in"):
        return [_Test(Outcome.AMOUNT_DIFFERS, compile_scope({field: asked}))]
    low, high = bounds(name, value)
    sides = [(Outcome.AMOUNT_TOO_SMALL, "at_least", low), (Outcome.AMOUNT_TOO_LARGE, "at_most", high)]
    return [_Test(code, compile_scope({field: {side: fen}}), fen) for code, side, fen in sides if fen is not None]
