"""Claims somebody makes at this moment, by hand or as a follow-up: places, what counts already, and the rows."""

from collections.abc import Sequence
from datetime import datetime

from domain import events
from domain.customers import Profile
from domain.tasks import book, places, rules
from domain.tasks.advance import recompute, worth
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion
from domain.tasks.states import ClaimState
from domain.tasks.tell import tell_claimed
from kit.database import Connection


def new_claim(profile: Profile, version: TaskVersion, turn: int, now: datetime) -> OpenClaim:
    """A claim that begins now, in the present cycle."""
    return OpenClaim(
        id=0,
        customer_id=profile.id,
        version=version,
        cycle=rules.cycle_of(version.definition, now),
        turn=turn,
        state=ClaimState.CLAIMED,
        states=version.program.start(),
        round=0,
        claimed_at=now,
        expires_at=rules.expiry(version.definition, now),
        billing_day=profile.billing_day if version.program.by_billing_cycle else None,
        new=True,
    )


async def make(connection: Connection, claims: Sequence[OpenClaim], now: datetime) -> list[OpenClaim]:
    """Store new claims with what their windows look back on, and tell of them; returns those without a place.

    The caller holds the customers' locks and shares the live set. Locks the counters of places, by task.
    """
    refused = await places.take(connection, claims)
    made = [claim for claim in claims if claim not in refused]
    ahead = await events.told_ahead(connection, {claim.customer_id for claim in made}, now)
    with_past = [claim for claim in made if claim.version.program.looks_back or claim.customer_id in ahead]
    recompute(with_past, await worth(connection, {claim.customer_id for claim in with_past}), now)
    await book.store(connection, made, now)
    await tell_claimed(connection, made)
    return refused
