"""The claims of a batch of customers while their events are played through them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from domain.customers import Profile
from domain.events import Event
from domain.tasks import lateness, rules
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import Candidate, TaskVersion, catalogue
from domain.tasks.conditions import Leaf, Netted
from domain.tasks.exclusions import exclusions
from domain.tasks.states import ClaimState


def _opening(event: Event) -> Sequence[Candidate]:
    return catalogue.heard(event).opening


class Ledger:
    """`profiles` and `ranks` are needed of every customer for whom a claim may be opened."""

    def __init__(
        self,
        claims: Iterable[OpenClaim],
        now: datetime,
        profiles: dict[int, Profile] | None = None,
        ranks: dict[int, int] | None = None,
    ) -> None:
        self.claims: list[OpenClaim] = []
        self._now = now
        self._profiles, self._ranks = profiles or {}, ranks or {}
        self._of_customer: dict[int, list[OpenClaim]] = {}
        self._of_cycle: set[tuple[int, str, str]] = set()
        for claim in claims:
            self._add(claim)

    def _add(self, claim: OpenClaim) -> None:
        self.claims.append(claim)
        self._of_customer.setdefault(claim.customer_id, []).append(claim)
        self._of_cycle.add((claim.customer_id, claim.version.code, claim.cycle))

    def turn_to(self, now: datetime) -> None:
        """Whoever plays what has long happened moves on."""
        self._now = now

    def meet(self, customer_id: int, event: Event) -> None:
        """Show `event` with its full amount to the claims there are, and to those it opens."""
        if exclusions.why_excluded(event) is not None:
            return
        for version, leaf in catalogue.heard(event).opening:
            self._open(customer_id, version, leaf, event, event.amount_fen)
        for claim in self._of_customer.get(customer_id, ()):
            if claim.open_to_events(self._now, lateness.allowed()):
                claim.hear(event)

    def open_for(
        self,
        customer_id: int,
        netted: Netted,
        candidates: Callable[[Event], Sequence[Candidate]] = _opening,
    ) -> None:
        """Open the claims that all a customer's events, at their worth, call for; their states stay to be computed."""
        for event, amount_fen in netted.counted:
            for version, leaf in candidates(event):
                self._open(customer_id, version, leaf, event, amount_fen)

    def _open(self, customer_id: int, version: TaskVersion, leaf: Leaf, event: Event, amount_fen: int) -> None:
        """A live task claimed automatically is claimed by the first event that counts for it."""
        if not leaf.matches(event, amount_fen):
            return
        definition = version.definition
        cycle = rules.cycle_of(definition, event.occurred_at)
        if (customer_id, version.code, cycle) in self._of_cycle:
            return
        if not rules.automatically_claimable(
            definition, version.live_at, event.occurred_at, self._now, lateness.allowed()
        ):
            return
        profile = self._profiles[customer_id]
        if not version.open_to(customer_id):
            return
        if not rules.visible(definition, profile, self._ranks.get(customer_id, 0), None):
            return
        claim = _automatic_claim(profile, version, event.occurred_at)
        counts = leaf.add(claim.states[leaf.index], event, amount_fen, claim.span)
        if counts and claim.open_to_events(self._now, lateness.allowed()):
            self._add(claim)


def _automatic_claim(profile: Profile, version: TaskVersion, instant: datetime) -> OpenClaim:
    """A claim nobody made by hand, for the cycle of `instant`."""
    begins, ends = rules.automatic_span(version.definition, version.live_at, instant)
    return OpenClaim(
        id=0,
        customer_id=profile.id,
        version=version,
        cycle=rules.cycle_of(version.definition, instant),
        turn=1,
        state=ClaimState.CLAIMED,
        states=version.program.start(),
        round=0,
        claimed_at=begins,
        expires_at=ends,
        billing_day=profile.billing_day if version.program.by_billing_cycle else None,
        new=True,
    )
