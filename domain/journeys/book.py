"""Runs as rows: loaded under the locks of their customers, moved, written together with their paths."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.journeys import rules
from domain.journeys.catalogue import JourneyVersion, catalogue
from domain.journeys.definition import Step
from domain.journeys.states import REACHED_END, TOO_LONG, Exit
from kit.database import Connection, Record

COLUMNS = "id, version_id, customer_id, step, moves, since, due_at, heard_at, entered_at"


@dataclass
class Left:
    """A step that was left, with the code of why where that needs saying."""

    number: int
    step: str
    exit: str
    code: str | None
    onward: str | None


@dataclass
class Run:
    """One customer's run. `heard_at` is when what it waits for happened."""

    id: int
    customer_id: int
    version: JourneyVersion
    step: str
    moves: int
    since: datetime
    due_at: datetime
    heard_at: datetime | None
    entered_at: datetime
    end_reason: str | None = None
    left: list[Left] = field(default_factory=list)

    @property
    def at(self) -> Step:
        """The step it stands on."""
        return self.version.step(self.step)

    @property
    def active(self) -> bool:
        """Whether it goes on."""
        return self.end_reason is None

    def ready(self, now: datetime) -> bool:
        """Whether its step is to be gone through now."""
        return self.active and self.due_at <= now

    def go(self, way: rules.Way, now: datetime, code: str | None = None) -> None:
        """Leave the step; where no way leads on, or it has gone too far, the run is over."""
        too_long = way.onward is not None and self.moves + 1 >= rules.MOST_MOVES
        onward = None if too_long else way.onward
        self.moves += 1
        self.left.append(Left(self.moves, self.step, way.exit, code, onward))
        if onward is None:
            self.end_reason = TOO_LONG if too_long else REACHED_END
            return
        self.step, self.since, self.heard_at = onward, now, None
        self.due_at = rules.due_at(self.at, now)

    def stop(self, reason: str) -> None:
        """End it from outside."""
        self.moves += 1
        self.left.append(Left(self.moves, self.step, Exit.STOPPED, reason, None))
        self.end_reason = reason


async def load(connection: Connection, run_ids: Collection[int]) -> list[Run]:
    """Those of these runs that are active, in order of id. The caller holds their customers' locks."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM journey_run WHERE id = ANY($1::bigint[]) AND state = 'active' ORDER BY id",
        list(run_ids),
    )
    return await opened(rows)


async def opened(rows: Sequence[Record]) -> list[Run]:
    """Rows with `COLUMNS` as runs, their versions made known."""
    await catalogue.know(row["version_id"] for row in rows)
    return [
        Run(
            row["id"],
            row["customer_id"],
            catalogue.version(row["version_id"]),
            row["step"],
            row["moves"],
            row["since"],
            row["due_at"],
            row["heard_at"],
            row["entered_at"],
        )
        for row in rows
    ]


async def store(connection: Connection, runs: Iterable[Run], now: datetime) -> None:
    """Write the runs that left a step, and their paths."""
    moved = [run for run in runs if run.left]
    if not moved:
        return
    path = [(run.id, one) for run in moved for one in run.left]
    await connection.execute(
        """WITH moved AS (
             UPDATE journey_run r
             SET step = t.step, moves = t.moves, since = t.since, due_at = t.due_at, waiting_for = t.waiting_for,
                 heard_at = t.heard_at, end_reason = t.end_reason,
                 state = CASE WHEN t.end_reason IS NULL THEN 'active' ELSE 'ended' END,
                 ended_at = CASE WHEN t.end_reason IS NOT NULL THEN $15::timestamptz END
             FROM unnest($1::bigint[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::text[],
                         $7::timestamptz[], $8::text[])
               AS t (id, step, moves, since, due_at, waiting_for, heard_at, end_reason)
             WHERE r.id = t.id)
           INSERT INTO journey_path (run_id, number, step, exit, code, onward, at)
           SELECT *, $15 FROM unnest($9::bigint[], $10::int[], $11::text[], $12::text[], $13::text[], $14::text[])""",
        [run.id for run in moved],
        [run.step for run in moved],
        [run.moves for run in moved],
        [run.since for run in moved],
        [run.due_at if run.active else None for run in moved],
        [rules.waiting_for(run.at) if run.active else None for run in moved],
        [run.heard_at if run.active else None for run in moved],
        [run.end_reason for run in moved],
        [run_id for run_id, _ in path],
        [one.number for _, one in path],
        [one.step for _, one in path],
        [one.exit for _, one in path],
        [one.code for _, one in path],
        [one.onward for _, one in path],
        now,
    )
