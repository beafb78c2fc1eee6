"""Runs go through their steps, all of them together: what is given to many is given at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from domain.journeys import effects, rules
from domain.journeys.book import Run
from domain.journeys.definition import End, Share, Split, Wait, WaitFor
from domain.journeys.known import read_people
from domain.journeys.rules import Person, Way
from domain.journeys.states import Exit
from kit.database import Connection


async def walk(connection: Connection, runs: Sequence[Run], now: datetime) -> None:
    """Lead every run on as far as it goes now: to a wait, to an end, or to the second step that gives something, which
    is for the next transaction, as locks are taken in one order.

    The caller holds the customers' locks, shares the live set, and stores the runs.
    """
    people = await _people(connection, runs)
    heard: set[tuple[int, int]] = set()
    await _through(connection, runs, people, heard, now)
    await effects.give(connection, runs, now)
    await _through(connection, runs, people, heard, now)


async def _people(connection: Connection, runs: Sequence[Run]) -> dict[int, Person]:
    versions = {run.version.id: run.version for run in runs}
    asked = {version_id: rules.conditions(version.definition) for version_id, version in versions.items()}
    ids = [run.customer_id for run in runs if asked[run.version.id]]
    return await read_people(connection, ids, [one for several in asked.values() for one in several])


async def _through(
    connection: Connection,
    runs: Sequence[Run],
    people: Mapping[int, Person],
    heard: set[tuple[int, int]],
    now: datetime,
) -> None:
    """Through everything that takes no lock."""
    going = True
    while going:
        for run in runs:
            while run.ready(now) and (way := way_of(run, people)) is not None:
                run.go(way, now)
        sent = await effects.send(connection, runs, now)
        going = await _hear_earlier(connection, runs, heard, now) or sent


def way_of(run: Run, people: Mapping[int, Person]) -> Way | None:
    """Where a run goes whose time has come; None from a step that gives something."""
    step = run.at
    if isinstance(step, Wait | WaitFor):
        return rules.over(step, run.heard_at is not None)
    if isinstance(step, Split):
        return rules.split(step, people[run.customer_id])
    if isinstance(step, Share):
        return rules.share(step, rules.bucket_of(run.version.code, run.step, run.customer_id))
    return Way(Exit.ENDED, None) if isinstance(step, End) else None


async def _hear_earlier(
    connection: Connection, runs: Sequence[Run], heard: set[tuple[int, int]], now: datetime
) -> bool:
    """Who has just begun to wait for a task they completed since they came in need not wait; False where nobody does.
    In a loop only what comes after counts: else it would be gone round at once.
    """
    new = [
        (run, task)
        for run in runs
        if run.active and run.left and (run.id, run.moves) not in heard and (task := _task_of(run))
    ]
    if not new:
        return False
    heard.update((run.id, run.moves) for run, _ in new)
    rows = await connection.fetch(
        """SELECT DISTINCT t.run_id FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[])
             AS t (run_id, customer_id, task, since)
           JOIN claim c ON c.customer_id = t.customer_id AND c.task = t.task
           WHERE c.state IN ('completed', 'rewarded') AND c.completed_at >= t.since""",
        [run.id for run, _ in new],
        [run.customer_id for run, _ in new],
        [task for _, task in new],
        [run.entered_at for run, _ in new],
    )
    return _wake([run for run, _ in new], {row[0] for row in rows}, now)


def _wake(runs: Sequence[Run], done: Collection[int], now: datetime) -> bool:
    for run in runs:
        if run.id in done:
            run.heard_at = run.due_at = now
    return bool(done)


def _task_of(run: Run) -> str | None:
    step = run.at
    return step.task_completed if isinstance(step, WaitFor) and run.step not in run.version.loops else None
