"""The journeys of one customer, with every step of their way."""

from datetime import datetime

import msgspec

from domain.journeys import texts
from domain.journeys.catalogue import JourneyVersion, catalogue
from kit import database
from kit.database import Record


class PathStep(msgspec.Struct, frozen=True):
    """A step that was left: by which exit, why, and when."""

    step: str
    title: str
    type: str
    exit: str
    code: str | None
    why: str
    at: datetime


class JourneyRun(msgspec.Struct, frozen=True):
    """One customer's way through one version of a journey. While it is active it stands on `step`, until `due_at` at
    the latest; `paused` where nothing goes on meanwhile.
    """

    id: int
    journey: str
    name: str
    version: int
    state: str
    paused: bool
    cause: str
    step: str
    title: str
    waiting_for: str | None
    entered_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    goal_at: datetime | None
    path: list[PathStep]


_RUNS = """SELECT id, version_id, journey, state, cause, step, waiting_for, entered_at, due_at, ended_at, end_reason,
                  goal_at
           FROM journey_run WHERE customer_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"""


async def runs_of(customer_id: int, before: int | None, limit: int) -> list[JourneyRun]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(_RUNS, customer_id, before, limit)
    await catalogue.refresh()
    await catalogue.know(row["version_id"] for row in rows)
    steps = await database.fetch(
        """SELECT run_id, step, exit, code, at FROM journey_path WHERE run_id = ANY($1::bigint[])
           ORDER BY run_id, number""",
        [row["id"] for row in rows],
    )
    paths: dict[int, list[Record]] = {}
    for step in steps:
        paths.setdefault(step["run_id"], []).append(step)
    return [_run(row, paths.get(row["id"], [])) for row in rows]


def _run(row: Record, path: list[Record]) -> JourneyRun:
    version = catalogue.version(row["version_id"])
    return JourneyRun(
        row["id"],
        row["journey"],
        version.definition.name,
        version.number,
        row["state"],
        row["state"] == "active" and row["journey"] not in catalogue.live,
        row["cause"],
        row["step"],
        texts.title_of(version.step(row["step"])),
        row["waiting_for"],
        row["entered_at"],
        row["due_at"],
        row["ended_at"],
        row["end_reason"],
        row["goal_at"],
        [_step(version, one) for one in path],
    )


def _step(version: JourneyVersion, row: Record) -> PathStep:
    step = version.step(row["step"])
    return PathStep(
        row["step"],
        texts.title_of(step),
        texts.kind_of(step),
        row["exit"],
        row["code"],
        texts.why(step, row["exit"], row["code"]),
        row["at"],
    )
