"""New events move the claims they count for, in the transaction that stores them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from domain import approvals, customers, events, experience
from domain.customers import Profile
from domain.events import Event
from domain.facts import EventsStored
from domain.tasks import book, lateness, places, rules
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.conditions import Leaf, exact_states, net
from domain.tasks.states import ClaimState
from kit import clock
from kit.database import Connection


async def advance(connection: Connection, facts: Sequence[EventsStored]) -> None:
    """Let stored events take effect. The caller holds the rows of their customers.

    An event meets only the conditions the index names for its type and MCC. Where refunds are involved the
    conditions are recomputed from all events of the customer instead of moved on.
    """
    await catalogue.follow(await approvals.share_live_set(connection))
    for stored in facts:
        await _advance(connection, stored)


async def _advance(connection: Connection, stored: EventsStored) -> None:
    now = clock.now()
    automatic = _automatic_candidates(stored)
    whole = stored.linked_customers
    claims = await book.load(connection, stored.by_customer.keys(), whole=whole, tasks=automatic)
    ledger = Ledger(claims, now)
    if automatic:
        ledger.profiles = await customers.profiles(connection, list(stored.by_customer))
        ledger.ranks = await experience.ranks(connection, list(stored.by_customer))
    for customer_id, news in stored.by_customer.items():
        for event in news:
            ledger.meet(customer_id, event)
    new = {claim.customer_id for claim in ledger.claims if claim.new}
    exact = whole | (await events.with_refunds(connection, new - whole) if new - whole else set())
    await settle(connection, ledger.claims, exact, now)


async def settle(connection: Connection, claims: Sequence[OpenClaim], exact: Collection[int], now: datetime) -> None:
    """Recompute the claims of the customers in `exact`, give the new ones their places, and write what changed."""
    await recompute(connection, [claim for claim in claims if claim.customer_id in exact], now)
    worth_keeping = [claim for claim in claims if not claim.new or any(claim.states)]
    refused = await places.take(connection, [claim for claim in worth_keeping if claim.new])
    await book.store(connection, [claim for claim in worth_keeping if claim not in refused], now)


def _automatic_candidates(stored: EventsStored) -> set[str]:
    """The live tasks claimed automatically that some of these events could count for."""
    return {
        version.code
        for news in stored.by_customer.values()
        for event in news
        for version, _ in catalogue.candidates(event)
        if version.definition.claim.automatic and catalogue.is_live(version)
    }


class Ledger:
    """The claims of a batch of customers while their events are played through them."""

    def __init__(self, claims: Iterable[OpenClaim], now: datetime) -> None:
        self.now = now
        self.claims: list[OpenClaim] = []
        self.profiles: dict[int, Profile] = {}
        self.ranks: dict[int, int] = {}
        self._of_version: dict[tuple[int, int], list[OpenClaim]] = {}
        self._of_cycle: set[tuple[int, str, str]] = set()
        for claim in claims:
            self._add(claim)

    def _add(self, claim: OpenClaim) -> None:
        self.claims.append(claim)
        self._of_version.setdefault((claim.customer_id, claim.version.id), []).append(claim)
        self._of_cycle.add((claim.customer_id, claim.version.code, claim.cycle))

    def meet(self, customer_id: int, event: Event) -> None:
        """Show `event` to every condition it could count for."""
        for version, leaf in catalogue.candidates(event):
            self.claim_automatically(customer_id, version, leaf, event)
            for claim in self._of_version.get((customer_id, version.id), ()):
                if claim.open_to_events(self.now, lateness.allowed()):
                    claim.learn(leaf, event)

    def claim_automatically(self, customer_id: int, version: TaskVersion, leaf: Leaf, event: Event) -> None:
        """A task claimed automatically is claimed by the first event that counts for it."""
        definition = version.definition
        if not definition.claim.automatic or not catalogue.is_live(version):
            return
        cycle = rules.cycle_of(definition, event.occurred_at)
        if (customer_id, version.code, cycle) in self._of_cycle:
            return
        if not rules.automatically_claimable(definition, event.occurred_at, self.now, lateness.allowed()):
            return
        if not rules.visible(definition, self.profiles[customer_id], self.ranks.get(customer_id, 0), None):
            return
        claim = new_automatic_claim(customer_id, version, event.occurred_at)
        if leaf.add(claim.states[leaf.index], event, event.amount_fen, claim.span) and claim.open_to_events(
            self.now, lateness.allowed()
        ):
            self._add(claim)


def new_automatic_claim(customer_id: int, version: TaskVersion, instant: datetime) -> OpenClaim:
    """A claim nobody made by hand, for the cycle of `instant`."""
    begins, ends = rules.automatic_span(version.definition, version.live_at, instant)
    return OpenClaim(
        id=0,
        customer_id=customer_id,
        version=version,
        cycle=rules.cycle_of(version.definition, instant),
        turn=1,
        state=ClaimState.CLAIMED,
        states=version.program.start(),
        round=0,
        claimed_at=begins,
        expires_at=ends,
        new=True,
    )


async def recompute(connection: Connection, claims: Sequence[OpenClaim], now: datetime) -> None:
    """Set the states of `claims` to what all stored events of their customers give. Closed claims stay as they are,
    but what was completed can always be lost to a refund.
    """
    if not claims:
        return
    stored = await events.of_customers(connection, sorted({claim.customer_id for claim in claims}))
    netted = {customer_id: net(all_events) for customer_id, all_events in stored.items()}
    for claim in claims:
        done = claim.state in (ClaimState.COMPLETED, ClaimState.REWARDED)
        if claim.new or done or claim.open_to_events(now, lateness.allowed()):
            states = exact_states(claim.version.program.leaves, netted[claim.customer_id], claim.span)
            if states != claim.states:
                claim.states = list(states)
                claim.dirty = True
