"""One task played through what happened to one customer, by the claims, the ledger and the conditions that run live.

Everything is taken to have been told when it happened, and the task to have gone live when the recorded days begin.
Where something is taken back, claims are computed anew from all that was told, elsewhere they move on event by event.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.customers import Profile
from domain.events import Event
from domain.simulation.story import Story
from domain.tasks import lateness, rules
from domain.tasks.advance import recompute
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion
from domain.tasks.conditions import EMPTY, Netted, Span
from domain.tasks.conditions.periods import UNKNOWN_BILLING_DAY
from domain.tasks.ledger import Ledger
from domain.tasks.make import new_claim
from domain.tasks.states import DONE
from kit import clock

_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Played:
    """What became of one claim; it took its place at `opened_at`."""

    opened_at: datetime
    claimed_at: datetime
    completed_at: datetime | None
    expired: bool


class Run:
    """One customer on the way through one task; `at_first_match` is when they claim what has to be claimed."""

    def __init__(self, version: TaskVersion, profile: Profile, rank: int, story: Story, at_first_match: bool) -> None:
        self._version, self._definition, self._profile = version, version.definition, profile
        self._rank, self._story = rank, story
        self._by_hand = not version.definition.claim.automatic
        self._at_first_match = self._by_hand and at_first_match
        self._listened = {leaf.item.event_type for leaf in version.program.leaves}
        self._ledger = Ledger((), clock.now(), {profile.id: profile}, {profile.id: rank})
        self._opened: dict[OpenClaim, datetime] = {}
        self._turns: dict[str, list[OpenClaim]] = {}

    def through(self, begins: datetime, starts: Sequence[datetime]) -> None:
        """Play everything that happened at `begins` or later; at `starts` the customer claims."""
        events = self._story.events
        first = self._story.place_of(begins)
        if first and not self._by_hand and self._version.program.looks_back:
            span = Span(begins, None, self._profile.billing_day or UNKNOWN_BILLING_DAY)
            self._compute(self._story.worth(first, looks_back_to(self._version, span)), begins, first)
        due = 0
        for place in range(first, len(events)):
            while due < len(starts) and starts[due] <= events[place].occurred_at:
                self._claim(starts[due], place)
                due += 1
            self._hear(events[place], place)
        for start in starts[due:]:
            self._claim(start, len(events))

    def outcomes(self, ends: datetime) -> list[Played]:
        """What has become, at the end, of every claim made by hand and of the others on which something stands."""
        return [
            Played(
                opened_at,
                claim.claimed_at,
                claim.completed_at,
                claim.state not in DONE and claim.expires_at is not None and claim.expires_at <= ends,
            )
            for claim, opened_at in self._opened.items()
            if not claim.blank
        ]

    def _hear(self, event: Event, place: int) -> None:
        if self._story.moves_nothing(place):
            return
        now = event.occurred_at
        if place in self._story.exact:
            netted = self._story.worth(place + 1)
            worth = next((amount for one, amount in netted.counted if one is event), None)
            if self._at_first_match and worth is not None:
                self._claim_if_it_counts(event, worth, place)
            self._compute(netted, now, place + 1)
        elif event.type in self._listened:
            if self._at_first_match:
                self._claim_if_it_counts(event, event.amount_fen, place)
            self._move_on(event, now, place)

    def _compute(self, netted: Netted, now: datetime, known: int) -> None:
        """Compute every claim from all that was told, as the live path does where something is taken back."""
        if not self._by_hand:
            self._ledger.turn_to(now)
            self._ledger.open_for(self._profile.id, netted, self._version.candidates)
        claims = self._claims()
        recompute(claims, {self._profile.id: netted}, now)
        self._judge(claims, now, known)

    def _move_on(self, event: Event, now: datetime, place: int) -> None:
        """Show an event to the claims there are, and to those it opens."""
        fresh: Collection[OpenClaim] = ()
        if not self._by_hand:
            self._ledger.turn_to(now)
            there = len(self._ledger.claims)
            self._ledger.open_for(self._profile.id, Netted([(event, event.amount_fen)], []), self._version.candidates)
            fresh = self._ledger.claims[there:]
        claims = [claim for claim in self._claims() if claim.open_to_events(now, lateness.allowed())]
        for claim in claims:
            blank = claim.blank
            claim.hear(event)
            if blank and not claim.blank and (claim not in fresh or self._may_have_missed()):
                claim.recompute(self._story.worth(place + 1, self._begins_to_look(claim)))
        self._judge(claims, now, place + 1)

    def _claims(self) -> list[OpenClaim]:
        return list(self._opened) if self._by_hand else list(self._ledger.claims)

    def _may_have_missed(self) -> bool:
        return self._version.program.looks_back or bool(self._story.exact)

    def _judge(self, claims: Iterable[OpenClaim], now: datetime, known: int) -> None:
        for claim in claims:
            if claim.dirty or claim.new:
                if any(claim.states):
                    self._opened.setdefault(claim, now)
                claim.judge(now)
                claim.dirty = claim.new = False
                if claim.state in DONE and self._by_hand and not self._at_first_match:
                    self._claim(now + _A_MOMENT, known)

    def _claim_if_it_counts(self, event: Event, amount_fen: int, place: int) -> None:
        """Who claims when something counts does so in the moment before."""
        if self._next_turn(event.occurred_at) is None:
            return
        span = new_claim(self._profile, self._version, 1, event.occurred_at).span
        candidates = self._version.candidates(event)
        if any(leaf.add(EMPTY, event, amount_fen, span) is not EMPTY for _, leaf in candidates):
            self._claim(event.occurred_at, place)

    def _claim(self, moment: datetime, known: int) -> None:
        """Claim by hand, knowing the events before a place, if that may be done."""
        turn = self._next_turn(moment)
        refusal = rules.why_not_claimable(self._definition, self._profile, self._rank, None, moment, offered=True)
        if turn is None or refusal is not None:
            return
        claim = new_claim(self._profile, self._version, turn, moment)
        self._turns.setdefault(claim.cycle, []).append(claim)
        self._opened[claim] = moment
        if self._version.program.looks_back:
            claim.recompute(self._story.worth(known, self._begins_to_look(claim)))
        self._judge([claim], moment, known)

    def _next_turn(self, moment: datetime) -> int | None:
        """Which turn of the present cycle the next claim would be; None while one runs, or when all were had."""
        turns = self._turns.get(rules.cycle_of(self._definition, moment), [])
        if turns and (turns[-1].state not in DONE or len(turns) >= self._definition.claim.times):
            return None
        return len(turns) + 1

    def _begins_to_look(self, claim: OpenClaim) -> datetime:
        return looks_back_to(self._version, claim.span)


def looks_back_to(version: TaskVersion, span: Span) -> datetime:
    """The first moment whose events can count for a claim with this life."""
    return min(leaf.window.begins(span) for leaf in version.program.leaves)
