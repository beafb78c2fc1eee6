"""What a version in the making would do to the running claims, before anybody approves it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals, customers
from domain.operators import OperatorIdentity
from domain.tasks import book, lateness
from domain.tasks.advance import worth
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, compiled
from domain.tasks.migrate import MOVING, take_over
from domain.tasks.reach import Reach, reach
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict

MOST = 50_000
PAGE = 500
EXAMPLES = 20


class Example(msgspec.Struct, frozen=True):
    """One claim whose progress would change, in percent."""

    customer_no: str
    before: int
    after: int


class Impact(msgspec.Struct, frozen=True):
    """Of `running_claims` on older versions: how many the new content completes at once, how many come nearer, fall
    back or stay as they are. Completed claims, and those expired for longer than late events are heard, are never
    touched. With more than 50,000 one in so many is looked at (`sampled`; `looked_at` says how many were), and the
    numbers are scaled to all of them. `reach` is what becomes of those who see the task. The counts are of every
    customer, the examples of the operator's branch.
    """

    live_version: int | None
    draft_version: int
    choice: str
    running_claims: int
    would_complete: int
    would_gain: int
    would_lose: int
    would_stay: int
    sampled: bool
    looked_at: int
    computed_at: datetime
    examples: list[Example]
    reach: Reach


async def impact(code: str, operator: OperatorIdentity, most: int = MOST) -> Impact:
    """Exactly as a migration would find it now, from all stored events through the same compiled conditions.

    With more than `most` running claims it is an estimate from a sample. Raises `NotFound`,
    `Conflict` (`configuration.no_draft`).
    """
    reading = await approvals.read("tasks", code, operator)
    if reading.latest.state not in approvals.IN_THE_MAKING:
        raise Conflict("configuration.no_draft", "没有正在编辑或待复核的版本")
    draft = compiled(reading.latest)
    now = clock.now()
    expired_before = now - lateness.allowed()
    async with database.connection() as connection:
        running = await connection.fetchval(f"SELECT count(*) {_RUNNING}", code, _STATES, expired_before)
        every = -(-running // most) or 1
        found = _Found(draft)
        after = 0
        while rows := await connection.fetch(_PAGE, code, _STATES, expired_before, after, every, PAGE):
            after = rows[-1]["id"]
            await found.look_at(connection, await book.opened(rows))
        examples = await _named(connection, found.changed, operator)
        live = compiled(reading.live).definition.visible if reading.live else None
        seen_by = await reach(connection, live, draft.definition.visible)
    share = running / found.looked_at if every > 1 and found.looked_at else 1
    return Impact(
        live_version=reading.live.version if reading.live else None,
        draft_version=reading.latest.version,
        choice=draft.definition.running_claims,
        running_claims=running,
        would_complete=round(found.completing * share),
        would_gain=round(found.gaining * share),
        would_lose=round(found.losing * share),
        would_stay=round(found.staying * share),
        sampled=every > 1,
        looked_at=found.looked_at,
        computed_at=now,
        examples=examples,
        reach=seen_by,
    )


_STATES = [str(state) for state in MOVING]
_RUNNING = "FROM claim WHERE task = $1 AND state = ANY($2::text[]) AND (expires_at IS NULL OR expires_at > $3)"
_PAGE = f"SELECT {book.COLUMNS} {_RUNNING} AND id > $4 AND id % $5 = 0 ORDER BY id LIMIT $6"


class _Found:
    def __init__(self, draft: TaskVersion) -> None:
        self._draft = draft
        self.completing = self.gaining = self.losing = self.staying = 0
        self.changed: list[tuple[int, int, int]] = []

    @property
    def looked_at(self) -> int:
        return self.completing + self.gaining + self.losing + self.staying

    async def look_at(self, connection: Connection, claims: Sequence[OpenClaim]) -> None:
        owners = sorted({claim.customer_id for claim in claims})
        profiles = await customers.profiles(connection, owners)
        netted = await worth(connection, owners)
        for claim in claims:
            before = claim.version.program.percent(claim.states)
            take_over(claim, self._draft, profiles[claim.customer_id].billing_day)
            claim.recompute(netted[claim.customer_id])
            self._count(claim.customer_id, before, self._draft.program.percent(claim.states))

    def _count(self, customer_id: int, before: int, after: int) -> None:
        if after == 100:
            self.completing += 1
        elif after > before:
            self.gaining += 1
        elif after < before:
            self.losing += 1
        else:
            self.staying += 1
        if after != before:
            self.changed.append((customer_id, before, after))


async def _named(
    connection: Connection, changed: Sequence[tuple[int, int, int]], operator: OperatorIdentity
) -> list[Example]:
    """The first twenty, of customers the operator may see."""
    profiles = await customers.profiles(connection, [customer_id for customer_id, _, _ in changed])
    seen = [one for one in changed if operator.sees(profiles[one[0]].branch)]
    return [
        Example(profiles[customer_id].customer_no or "", before, after)
        for customer_id, before, after in seen[:EXAMPLES]
    ]
