"""A customer claims a task: a batch, first come first served, one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals, customers, events, experience
from domain.tasks import book, places, rules
from domain.tasks.advance import recompute, worth
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.states import DONE, ClaimState, shown
from domain.tasks.tell import tell_claimed
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict, NotFound


class Claimant(msgspec.Struct, frozen=True):
    """Who wants which task, on which channel."""

    customer_id: int
    task: str
    channel: str | None = None


class ClaimAnswer(msgspec.Struct, frozen=True):
    """The claim, and whether this very request made it."""

    claim_id: int
    task: str
    state: str
    cycle: str
    claimed_at: datetime
    expires_at: datetime | None
    created: bool


async def claim_batch(claimants: Sequence[Claimant]) -> list[ClaimAnswer | Exception]:
    """Claim for each in order; a repeat gets the claim it has. One refused does not refuse the others.

    Errors per member: `NotFound` (`task.not_found`), `Conflict` (`task.not_yet_claimable`,
    `task.no_longer_claimable`, `task.claimed_automatically`, `task.no_places`).
    """
    return await database.retried(lambda: _commit(claimants))


async def _commit(claimants: Sequence[Claimant]) -> list[ClaimAnswer | Exception]:
    now = clock.now()
    ids = sorted({claimant.customer_id for claimant in claimants})
    async with database.transaction() as connection:
        await customers.lock(connection, ids)
        await catalogue.follow(await approvals.share_live_set(connection))
        held = await book.load(connection, ids, {claimant.task for claimant in claimants})
        desk = _Desk(held, await customers.profiles(connection, ids), await experience.ranks(connection, ids), now)
        decided = [desk.decide(claimant) for claimant in claimants]
        await _make(connection, desk, now)
    return [desk.answer(outcome) for outcome in decided]


async def _make(connection: Connection, desk: "_Desk", now: datetime) -> None:
    desk.refused = await places.take(connection, desk.made)
    made = [claim for claim in desk.made if claim not in desk.refused]
    ahead = await events.told_ahead(connection, {claim.customer_id for claim in made}, now)
    with_past = [claim for claim in made if claim.version.program.looks_back or claim.customer_id in ahead]
    recompute(with_past, await worth(connection, {claim.customer_id for claim in with_past}), now)
    await book.store(connection, made, now)
    await tell_claimed(connection, made)


class _Desk:
    """Decides claimants one after the other, each seeing what those before it were given."""

    def __init__(
        self, held: Sequence[OpenClaim], profiles: dict[int, customers.Profile], ranks: dict[int, int], now: datetime
    ) -> None:
        self._profiles, self._ranks, self._now = profiles, ranks, now
        self._held: dict[tuple[int, str, str], list[OpenClaim]] = {}
        for claim in held:
            self._held.setdefault((claim.customer_id, claim.version.code, claim.cycle), []).append(claim)
        self.made: list[OpenClaim] = []
        self.refused: list[OpenClaim] = []

    def decide(self, claimant: Claimant) -> tuple[OpenClaim, bool] | Exception:
        version = catalogue.live.get(claimant.task)
        if version is None:
            return NotFound("task.not_found", "没有这个任务")
        definition = version.definition
        key = (claimant.customer_id, version.code, rules.cycle_of(definition, self._now))
        turns = self._held.setdefault(key, [])
        if turns and (turns[-1].state not in DONE or len(turns) >= definition.claim.times):
            return turns[-1], False
        profile, rank = self._profiles[claimant.customer_id], self._ranks.get(claimant.customer_id, 0)
        refusal = rules.why_not_claimable(definition, profile, rank, claimant.channel, self._now)
        if refusal is not None:
            return refusal
        claim = self._new(profile, version, key[2], len(turns) + 1)
        turns.append(claim)
        self.made.append(claim)
        return claim, True

    def _new(self, profile: customers.Profile, version: TaskVersion, cycle: str, turn: int) -> OpenClaim:
        return OpenClaim(
            id=0,
            customer_id=profile.id,
            version=version,
            cycle=cycle,
            turn=turn,
            state=ClaimState.CLAIMED,
            states=version.program.start(),
            round=0,
            claimed_at=self._now,
            expires_at=rules.expiry(version.definition, self._now),
            billing_day=profile.billing_day if version.program.by_billing_cycle else None,
            new=True,
        )

    def answer(self, outcome: tuple[OpenClaim, bool] | Exception) -> ClaimAnswer | Exception:
        if isinstance(outcome, Exception):
            return outcome
        claim, created = outcome
        if claim in self.refused:
            return Conflict("task.no_places", "名额已经领完了")
        expired = claim.expires_at is not None and claim.expires_at <= self._now
        state = shown(claim.state, expired)
        return ClaimAnswer(
            claim.id, claim.version.code, state, claim.cycle, claim.claimed_at, claim.expires_at, created
        )
