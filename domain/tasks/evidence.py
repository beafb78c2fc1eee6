"""A stored claim, and the events its progress was made of: what became of each in the eyes of its conditions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.events import Event
from domain.events.recall import MOST, Look, Told
from domain.scopes import Measure
from domain.tasks import lateness
from domain.tasks.catalogue import TaskVersion, decode_states
from domain.tasks.conditions import Leaf, Span, exact_states
from domain.tasks.conditions.periods import UNKNOWN_BILLING_DAY
from domain.tasks.conditions.verdict import COUNTED, REPEATED, Outcome, Verdict, deductions, verdicts
from domain.tasks.exclusions import exclusions
from domain.tasks.states import DONE, ClaimState
from kit.database import Record

AROUND = timedelta(days=30)
"""So long before a window opens and after it closes events are shown as having missed it."""
Key = tuple[str, str]


class StoredClaim:
    """`row` has the columns of `COLUMNS`."""

    COLUMNS = "id, task, version_id, state, progress, claimed_at, expires_at, completed_at, billing_day"

    def __init__(self, row: Record, version: TaskVersion) -> None:
        self.id: int = row["id"]
        self.version, self.program = version, version.program
        self.states: list[Any] = decode_states(row["progress"])
        self.span = Span(row["claimed_at"], row["expires_at"], row["billing_day"] or UNKNOWN_BILLING_DAY)
        self.looks = [_look(leaf, self.span) for leaf in self.program.leaves]
        self._completed_at = row["completed_at"] if ClaimState(row["state"]) in DONE else None

    def why_unheard(self, told: Told) -> Outcome | None:
        """Why an event could not move the claim any more when it arrived."""
        expires_at = self.span.expires_at
        if expires_at is not None and told.received_at >= expires_at + lateness.allowed():
            return Outcome.ARRIVED_LATE
        if self._completed_at is not None and told.received_at > self._completed_at:
            return Outcome.AFTER_COMPLETION
        return None


def _look(leaf: Leaf, span: Span) -> Look:
    begins, ends = leaf.window.bounds(span)
    status = leaf.item.name if leaf.item.measure is Measure.STATUS else None
    return Look(leaf.item.event_type, status, begins - AROUND, ends + AROUND)


class Evidence:
    """All that was recalled for a claim, told apart into what it heard and what came when it was closed."""

    def __init__(self, claim: StoredClaim, told: Sequence[Told]) -> None:
        self._claim = claim
        self._events = [one.event for one in told]
        self._netted = exclusions.worth(self._events)
        self._unheard = {_key(one.event): why for one in told if (why := claim.why_unheard(one))}
        if self._unheard and self._all_was_heard():
            self._unheard = {}
        heard = [event for event in self._events if _key(event) not in self._unheard]
        self._heard_netted = exclusions.worth(heard) if self._unheard else self._netted

    def _all_was_heard(self) -> bool:
        """A refund makes a claim be computed anew from everything, late or not: then its progress is that of all."""
        complete = all(sum(map(look.covers, self._events)) < MOST for look in self._claim.looks)
        claim = self._claim
        return complete and exact_states(claim.program.leaves, self._netted, claim.span) == claim.states

    def judged(self, leaf: Leaf) -> list[Verdict]:
        """What became of the latest 500 events one condition looks at, oldest first."""
        span, look = self._claim.span, self._claim.looks[leaf.index]
        events = [event for event in self._events if look.covers(event)][-MOST:]
        excluded = [
            Verdict(event, event.amount_fen, Outcome.MCC_EXCLUDED, note=why)
            for event in events
            if (why := exclusions.why_excluded(event)) is not None
        ]
        if excluded:
            events = [event for event in events if exclusions.why_excluded(event) is None]
        heard = [event for event in events if _key(event) not in self._unheard]
        found = verdicts(leaf, heard, self._heard_netted, span) + excluded
        if len(heard) < len(events):
            found += self._missed(verdicts(leaf, events, self._netted, span))
        return sorted(found, key=lambda verdict: (verdict.event.occurred_at, verdict.event.event_id))

    def _missed(self, judged: Sequence[Verdict]) -> list[Verdict]:
        return [
            replace(one, code=why, bound_fen=None) if one.code in COUNTED | REPEATED else one
            for one in judged
            if (why := self._unheard.get(_key(one.event)))
        ]

    def deducted(self, leaf: Leaf) -> list[Verdict]:
        """The refunds without a purchase that came off one condition's sum, oldest first."""
        return deductions(leaf, self._heard_netted, self._claim.span)


def _key(event: Event) -> Key:
    return event.source, event.event_id
