"""New events move the claims they count for, in the transaction that stores them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from domain import approvals, campaigns, customers, events, experience
from domain.events.event import STATUS
from domain.facts import EventsStored
from domain.tasks import book, hearers, lateness, places, rules
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import catalogue
from domain.tasks.conditions import Netted
from domain.tasks.exclusions import exclusions
from domain.tasks.ledger import Ledger
from domain.tasks.states import DONE
from domain.tasks.tell import tell_claimed
from kit import clock
from kit.database import Connection


async def advance(connection: Connection, facts: Sequence[EventsStored]) -> None:
    """Let stored events take effect. The caller holds the rows of their customers.

    An event meets only the conditions the index names for its type and MCC. Where something is taken back the
    conditions are recomputed from all events of the customer instead of moved on.
    """
    await catalogue.follow(await approvals.share_live_set(connection))
    for stored in facts:
        await _advance(connection, stored)


async def _advance(connection: Connection, stored: EventsStored) -> None:
    now = clock.now()
    whole = stored.linked_customers | _in_doubt(stored)
    claims = await hearers.load(connection, stored.by_customer, whole)
    deciding = sorted(whole | _may_open(stored))
    ledger = Ledger(
        claims,
        now,
        await customers.profiles(connection, deciding) if deciding else {},
        await experience.ranks(connection, deciding) if deciding else {},
    )
    blank = [claim for claim in claims if claim.blank]
    for customer_id, news in stored.by_customer.items():
        if customer_id not in whole:
            for event in news:
                ledger.meet(customer_id, event)
    revived = {claim.customer_id for claim in blank if not claim.blank}
    netted = await worth(connection, whole | revived | await _with_gaps(connection, ledger.claims, now))
    for customer_id in whole:
        ledger.open_for(customer_id, netted[customer_id])
    await settle(connection, ledger.claims, netted, now)


def _in_doubt(stored: EventsStored) -> set[int]:
    """Customers of whom a status was told that is not as some condition asks."""
    return {
        customer_id
        for customer_id, news in stored.by_customer.items()
        for event in news
        if event.type == STATUS and any(leaf.doubts(event) for _, leaf in catalogue.candidates(event))
    }


def _may_open(stored: EventsStored) -> set[int]:
    """Customers of whom something was told that may open a claim by itself."""
    return {
        customer_id
        for customer_id, news in stored.by_customer.items()
        if any(catalogue.heard(event).opening for event in news)
    }


async def _with_gaps(connection: Connection, claims: Sequence[OpenClaim], now: datetime) -> set[int]:
    """The customers of new claims for which something may count that was told before there was a claim."""
    new = [claim for claim in claims if claim.new]
    gaps = {
        claim.customer_id
        for claim in new
        if rules.may_have_missed(claim.version.definition, claim.version.program.looks_back, now)
        or campaigns.admission.ever_restricted(claim.version.definition.campaign)
    }
    others = {claim.customer_id for claim in new} - gaps
    return gaps | (await events.with_refunds(connection, others) if others else set())


async def worth(connection: Connection, customer_ids: Collection[int]) -> dict[int, Netted]:
    """All stored events of these customers, net of what was taken back."""
    if not customer_ids:
        return {}
    stored = await events.of_customers(connection, sorted(customer_ids))
    return {customer_id: exclusions.worth(all_events) for customer_id, all_events in stored.items()}


async def settle(
    connection: Connection, claims: Sequence[OpenClaim], netted: Mapping[int, Netted], now: datetime
) -> None:
    """Recompute the claims of the customers in `netted`, give the new ones their places, and write what changed."""
    recompute(claims, netted, now)
    worth_keeping = [claim for claim in claims if not claim.new or any(claim.states)]
    refused = await places.take(connection, [claim for claim in worth_keeping if claim.new])
    kept = [claim for claim in worth_keeping if claim not in refused]
    await book.store(connection, kept, now)
    await tell_claimed(connection, kept)


def recompute(claims: Sequence[OpenClaim], netted: Mapping[int, Netted], now: datetime) -> None:
    """Set the states of claims to what all stored events of their customers give. Closed claims stay as they are,
    but what was completed can always be lost.
    """
    for claim in claims:
        if claim.customer_id in netted and (
            claim.new or claim.state in DONE or claim.open_to_events(now, lateness.allowed())
        ):
            claim.recompute(netted[claim.customer_id])
