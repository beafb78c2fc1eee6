"""Claims in memory during one transaction: loaded in one read, changed by events, written back in two statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from domain import outbox
from domain.events import Event
from domain.facts import CompletionLost, Fact, TaskCompleted
from domain.tasks import offers, rules
from domain.tasks.catalogue import TaskVersion, catalogue, decode_states
from domain.tasks.conditions import EMPTY, Netted, Span, exact_states
from domain.tasks.conditions.periods import UNKNOWN_BILLING_DAY
from domain.tasks.definition import reward_due
from domain.tasks.states import DONE, RUNNING, ClaimState, after_completion_lost
from kit import database, redis
from kit.database import Connection, Record

_encode = msgspec.json.Encoder().encode


@dataclass(eq=False)
class OpenClaim:
    """One claim and what this transaction has made of it."""

    id: int
    customer_id: int
    version: TaskVersion
    cycle: str
    turn: int
    state: ClaimState
    states: list[Any]
    round: int
    claimed_at: datetime
    expires_at: datetime | None
    completed_at: datetime | None = None
    billing_day: int | None = None
    new: bool = False
    dirty: bool = False
    _span: Span | None = None

    def last_until(self, expires_at: datetime | None) -> None:
        """Give it another deadline."""
        self.expires_at, self._span = expires_at, None

    @property
    def span(self) -> Span:
        """The life its windows refer to."""
        if self._span is None:
            self._span = Span(self.claimed_at, self.expires_at, self.billing_day or UNKNOWN_BILLING_DAY)
        return self._span

    def open_to_events(self, now: datetime, lateness: timedelta) -> bool:
        """A claim is closed `lateness` after it expired, and while it is done."""
        return self.state in RUNNING and (self.expires_at is None or now < self.expires_at + lateness)

    def hear(self, event: Event) -> None:
        """Move the states of its conditions on by one event with its full amount."""
        for _, leaf in self.version.candidates(event):
            before = self.states[leaf.index]
            after = leaf.add(before, event, event.amount_fen, self.span)
            if after is not before:
                self.states[leaf.index] = after
                self.dirty = True

    @property
    def blank(self) -> bool:
        """An automatic claim on which nothing stands any more: what it must know of the past was forgotten with it."""
        return self.version.definition.claim.automatic and not any(self.states)

    def recompute(self, netted: Netted) -> None:
        """Set the states to what all events of the customer give."""
        program = self.version.program
        states = exact_states(program.leaves, netted, self.span) if self._stands(netted) else program.start()
        if states != self.states:
            self.states = states
            self.dirty = True

    def _stands(self, netted: Netted) -> bool:
        """A claim nobody made by hand stands on an event of its cycle that still counts."""
        definition = self.version.definition
        if not definition.claim.automatic:
            return True
        begins, ends = rules.cycle_bounds(definition, self.claimed_at)
        return any(
            leaf.add(EMPTY, event, amount_fen, self.span)
            for event, amount_fen in netted.counted
            if begins <= event.occurred_at < ends
            for _, leaf in self.version.candidates(event)
        )

    def judge(self, now: datetime) -> Fact | None:
        """Move to the state the conditions' states call for; returns the fact that follows."""
        completes = self.version.program.completes(self.states)
        if completes and self.state in RUNNING:
            self.state, self.round, self.completed_at = ClaimState.COMPLETED, self.round + 1, now
            return completed_fact(self, now)
        if not completes and self.state in DONE:
            expired = self.expires_at is not None and self.expires_at <= now
            self.state, self.completed_at = after_completion_lost(self.state, expired), None
            return CompletionLost(self.id, self.round, self.customer_id)
        return None


def completed_fact(claim: OpenClaim, now: datetime) -> TaskCompleted:
    """What rewards need to know of a completion."""
    definition = claim.version.definition
    rewards = [reward_due(reward) for reward in definition.rewards]
    settles_at = now + timedelta(days=definition.settle_after_days)
    return TaskCompleted(
        claim.id, claim.round, claim.customer_id, claim.version.code, definition.name, rewards, settles_at
    )


COLUMNS = """id, customer_id, version_id, cycle, turn, state, progress, round, claimed_at, expires_at, completed_at,
 billing_day"""


async def load(connection: Connection, customer_ids: Collection[int], tasks: Collection[str]) -> list[OpenClaim]:
    """All claims of `customer_ids` on `tasks`, and no others."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM claim WHERE customer_id = ANY($1::bigint[]) AND task = ANY($2::text[]) ORDER BY id",
        list(customer_ids),
        list(tasks),
    )
    return await opened(rows)


async def opened(rows: Sequence[Record]) -> list[OpenClaim]:
    """Rows with `COLUMNS` as claims, their versions made known."""
    await catalogue.know(row["version_id"] for row in rows)
    return [
        OpenClaim(
            row["id"],
            row["customer_id"],
            catalogue.version(row["version_id"]),
            row["cycle"],
            row["turn"],
            ClaimState(row["state"]),
            decode_states(row["progress"]),
            row["round"],
            row["claimed_at"],
            row["expires_at"],
            row["completed_at"],
            row["billing_day"],
        )
        for row in rows
    ]


async def number(connection: Connection, claims: Sequence[OpenClaim]) -> None:
    """Give new claims their ids, so that facts can name them before they are written."""
    if claims:
        rows = await connection.fetch("SELECT nextval('claim_id_seq') FROM generate_series(1, $1)", len(claims))
        for claim, row in zip(claims, rows, strict=True):
            claim.id = row[0]


async def store(connection: Connection, claims: Iterable[OpenClaim], now: datetime) -> None:
    """Judge what changed, write it, and record the facts that follow."""
    touched = [claim for claim in claims if claim.dirty or claim.new]
    if not touched:
        return
    await number(connection, [claim for claim in touched if claim.new])
    facts = [fact for fact in (claim.judge(now) for claim in touched) if fact is not None]
    await _insert(connection, [claim for claim in touched if claim.new])
    await offers.take_up(connection, [(claim.customer_id, claim.version.code) for claim in touched if claim.new])
    await _update(connection, [claim for claim in touched if not claim.new])
    await outbox.record(connection, facts)
    changed = sorted({claim.customer_id for claim in touched})
    database.after_commit(lambda: redis.publish_changed(changed))


async def _insert(connection: Connection, claims: Sequence[OpenClaim]) -> None:
    if not claims:
        return
    await connection.execute(
        """INSERT INTO claim (id, customer_id, task, version_id, cycle, turn, state, progress, round, claimed_at,
                              expires_at, completed_at, remind_at, billing_day, change_no)
           SELECT id, customer_id, task, version_id, cycle, turn, state, progress::jsonb, round, claimed_at, expires_at,
                  completed_at, remind_at, billing_day, nextval('change_no')
           FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::smallint[], $7::text[],
                       $8::text[], $9::smallint[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
                       $13::timestamptz[], $14::smallint[])
             AS t (id, customer_id, task, version_id, cycle, turn, state, progress, round, claimed_at, expires_at,
                   completed_at, remind_at, billing_day)""",
        [c.id for c in claims],
        [c.customer_id for c in claims],
        [c.version.code for c in claims],
        [c.version.id for c in claims],
        [c.cycle for c in claims],
        [c.turn for c in claims],
        [str(c.state) for c in claims],
        [_encode(c.states).decode() for c in claims],
        [c.round for c in claims],
        [c.claimed_at for c in claims],
        [c.expires_at for c in claims],
        [c.completed_at for c in claims],
        [rules.remind_at(c.version.definition, c.claimed_at, c.expires_at) for c in claims],
        [c.billing_day for c in claims],
    )


async def _update(connection: Connection, claims: Sequence[OpenClaim]) -> None:
    if not claims:
        return
    await connection.execute(
        """UPDATE claim SET state = t.state, progress = t.progress::jsonb, round = t.round,
                            completed_at = t.completed_at, change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[])
             AS t (id, state, progress, round, completed_at)
           WHERE claim.id = t.id""",
        [c.id for c in claims],
        [str(c.state) for c in claims],
        [_encode(c.states).decode() for c in claims],
        [c.round for c in claims],
        [c.completed_at for c in claims],
    )
