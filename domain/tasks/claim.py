"""A customer claims a task: a batch, first come first served, one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals, customers, experience, risk
from domain.tasks import book, offers, rules
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.make import make, new_claim
from domain.tasks.states import DONE, shown
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict, NotFound


class Claimant(msgspec.Struct, frozen=True):
    """Who wants which task, on which channel; of a request from outside, where that came from."""

    customer_id: int
    task: str
    channel: str | None = None
    origin: risk.Origin | None = None


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
    `task.no_longer_claimable`, `task.claimed_automatically`, `task.no_places`), and those of `risk.decide`, which is
    not asked about a repeat.
    """
    return await database.retried(lambda: _commit(claimants))


async def _commit(claimants: Sequence[Claimant]) -> list[ClaimAnswer | Exception]:
    now = clock.now()
    ids = sorted({claimant.customer_id for claimant in claimants})
    async with database.transaction() as connection:
        await customers.lock(connection, ids)
        revision = await approvals.share_live_set(connection)
        await catalogue.follow(revision)
        await risk.catalogue.follow(revision)
        held = await book.load(connection, ids, {claimant.task for claimant in claimants})
        profiles, ranks = await customers.profiles(connection, ids), await experience.ranks(connection, ids)
        desk = _Desk(held, profiles, ranks, await _offered(connection, claimants), now)
        barred = await risk.decide(connection, _attempts(desk, claimants))
        decided = [desk.decide(claimant, barred.get(place)) for place, claimant in enumerate(claimants)]
        desk.refused = await make(connection, desk.made, now)
    return [desk.answer(outcome) for outcome in decided]


async def _offered(connection: Connection, claimants: Sequence[Claimant]) -> set[tuple[int, str]]:
    """What is offered to those who want a task that nobody else may claim."""
    asking = {
        claimant.customer_id
        for claimant in claimants
        if (version := catalogue.live.get(claimant.task)) is not None and version.definition.claim.offered_only
    }
    return await offers.open_to(connection, asking) if asking else set()


def _attempts(desk: "_Desk", claimants: Sequence[Claimant]) -> dict[int, risk.Attempt]:
    if not risk.catalogue.awake("claim"):
        return {}
    return {
        place: risk.Attempt(claimant.customer_id, "claim", claimant.origin)
        for place, claimant in enumerate(claimants)
        if claimant.origin is not None and not desk.has(claimant)
    }


class _Desk:
    """Decides claimants one after the other, each seeing what those before it were given."""

    def __init__(
        self,
        held: Sequence[OpenClaim],
        profiles: dict[int, customers.Profile],
        ranks: dict[int, int],
        offered: set[tuple[int, str]],
        now: datetime,
    ) -> None:
        self._profiles, self._ranks, self._offered, self._now = profiles, ranks, offered, now
        self._held: dict[tuple[int, str, str], list[OpenClaim]] = {}
        for claim in held:
            self._held.setdefault((claim.customer_id, claim.version.code, claim.cycle), []).append(claim)
        self.made: list[OpenClaim] = []
        self.refused: list[OpenClaim] = []

    def has(self, claimant: Claimant) -> bool:
        """Whether there is a claim already, which a repeat gets."""
        version = catalogue.live.get(claimant.task)
        return version is not None and self._repeated(version, self._turns(claimant, version))

    def _turns(self, claimant: Claimant, version: TaskVersion) -> list[OpenClaim]:
        key = (claimant.customer_id, version.code, rules.cycle_of(version.definition, self._now))
        return self._held.setdefault(key, [])

    def _repeated(self, version: TaskVersion, turns: list[OpenClaim]) -> bool:
        return bool(turns) and (turns[-1].state not in DONE or len(turns) >= version.definition.claim.times)

    def decide(self, claimant: Claimant, barred: Exception | None) -> tuple[OpenClaim, bool] | Exception:
        version = catalogue.live.get(claimant.task)
        if version is None:
            return NotFound("task.not_found", "没有这个任务")
        definition = version.definition
        turns = self._turns(claimant, version)
        if self._repeated(version, turns):
            return turns[-1], False
        if barred is not None:
            return barred
        if not version.open_to(claimant.customer_id):
            return NotFound("task.not_found", "没有这个任务")
        profile, rank = self._profiles[claimant.customer_id], self._ranks.get(claimant.customer_id, 0)
        offered = (claimant.customer_id, version.code) in self._offered
        refusal = rules.why_not_claimable(definition, profile, rank, claimant.channel, self._now, offered)
        if refusal is not None:
            return refusal
        claim = new_claim(profile, version, len(turns) + 1, self._now)
        turns.append(claim)
        self.made.append(claim)
        return claim, True

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
