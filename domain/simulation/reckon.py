"""The claims of a forecast become its result."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from domain.simulation.forecast import DayLine, Document, Forecast, GroupLine, Result, TaskForecast
from domain.simulation.prices import prices
from domain.simulation.till import Till
from domain.tasks.definition import TaskDefinition
from kit.database import Connection

_BATCH = 2_000
_DAY = "({} AT TIME ZONE 'Asia/Shanghai')::date"
_Key = tuple[str, str, str]
"""Task, what it is counted by, and which of these."""


class Figures:
    """Sums by task and day, branch or stage."""

    def __init__(self) -> None:
        self.seen: Counter[_Key] = Counter()
        self.claimed: Counter[_Key] = Counter()
        self.completed: Counter[_Key] = Counter()
        self.cost_fen: Counter[_Key] = Counter()
        self.expired: Counter[str] = Counter()
        self.no_place: Counter[str] = Counter()
        self.days: dict[str, tuple[float | None, float | None]] = {}
        self._keys: dict[tuple[str, str], set[str]] = defaultdict(set)

    def add(self, to: Counter[_Key], task: str, by: Mapping[str, str], number: int) -> None:
        """Count a number of something for all it is counted by."""
        for name, value in by.items():
            to[task, name, value] += number
            self._keys[task, name].add(value)

    def of(self, what: Counter[_Key], task: str) -> int:
        """All of a task."""
        return sum(what[task, "stage", key] for key in self._keys[task, "stage"])

    def keys(self, task: str, by: str) -> list[str]:
        """Every day, branch or stage something was counted for."""
        return sorted(self._keys[task, by])


async def reckon(connection: Connection, forecast: Forecast, now: datetime) -> Result:
    """What the claims that were kept come to; places, rewards and budgets are given in the order of time. Removes the
    claims for which there was no place.
    """
    definitions = {one.code: msgspec.convert(one.body, TaskDefinition) for one in forecast.documents}
    figures = Figures()
    for task, by_branch in forecast.tally.items():
        for branch, by_stage in by_branch.items():
            for stage, number in by_stage.items():
                figures.add(figures.seen, task, {"branch": branch, "stage": stage}, number)
    await _give_places(connection, forecast.id, definitions, figures)
    await _count(connection, forecast.id, figures)
    till = Till(definitions, await prices(connection, list(definitions.values()), forecast.id, now))
    await _pay(connection, forecast.id, till, figures)
    tasks = [_task(document, figures, till) for document in forecast.documents]
    cost_fen, wanted_fen = (sum(getattr(task, name) for task in tasks) for name in ("cost_fen", "wanted_fen"))
    return Result(now, cost_fen, wanted_fen, tasks, till.budgets())


async def _give_places(
    connection: Connection, forecast_id: int, definitions: Mapping[str, TaskDefinition], figures: Figures
) -> None:
    """Who came first has the places that are left now; of those who came at once, who is longest with us."""
    limited = {task: one.claim.places for task, one in definitions.items() if one.claim.places is not None}
    rows = await connection.fetch(
        """WITH left_now AS (
             SELECT t.task, t.places - coalesce(p.taken, 0) AS number
             FROM unnest($2::text[], $3::int[]) AS t (task, places) LEFT JOIN task_places p ON p.task = t.task),
           ordered AS (
             SELECT id, task, number, row_number() OVER (PARTITION BY task ORDER BY opened_at, customer_id, id) AS place
             FROM forecast_claim WHERE forecast_id = $1 AND task = ANY($2::text[])),
           refused AS (
             DELETE FROM forecast_claim c USING ordered o, left_now l
             WHERE c.id = o.id AND l.task = o.task AND o.place > l.number RETURNING c.task, c.number)
           SELECT task, sum(number)::bigint FROM refused GROUP BY task""",
        forecast_id,
        list(limited),
        list(limited.values()),
    )
    figures.no_place.update({row[0]: row[1] for row in rows})


async def _count(connection: Connection, forecast_id: int, figures: Figures) -> None:
    day, done = _DAY.format("claimed_at"), _DAY.format("completed_at")
    rows = await connection.fetch(
        f"""SELECT task, branch, stage, {day} AS day, {done} AS done, sum(number)::bigint AS claimed,
                   coalesce(sum(number) FILTER (WHERE expired), 0)::bigint AS expired
            FROM forecast_claim WHERE forecast_id = $1 GROUP BY 1, 2, 3, 4, 5""",
        forecast_id,
    )
    for row in rows:
        by = {"branch": row["branch"], "stage": row["stage"]}
        figures.add(figures.claimed, row["task"], {**by, "day": row["day"].isoformat()}, row["claimed"])
        figures.expired[row["task"]] += row["expired"]
        if row["done"] is not None:
            figures.add(figures.completed, row["task"], {**by, "day": row["done"].isoformat()}, row["claimed"])
    days = await connection.fetch(
        """SELECT task, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
                    ORDER BY extract(epoch FROM completed_at - claimed_at) / 86400) AS days
           FROM forecast_claim WHERE forecast_id = $1 AND completed_at IS NOT NULL GROUP BY task""",
        forecast_id,
    )
    figures.days = {row["task"]: (round(row["days"][0], 2), round(row["days"][1], 2)) for row in days}


async def _pay(connection: Connection, forecast_id: int, till: Till, figures: Figures) -> None:
    cursor = await connection.cursor(
        f"""SELECT task, customer_id, branch, stage, completed_at, {_DAY.format("completed_at")} AS day
            FROM forecast_claim WHERE forecast_id = $1 AND completed_at IS NOT NULL
            ORDER BY completed_at, customer_id, id""",
        forecast_id,
    )
    while rows := await cursor.fetch(_BATCH):
        for row in rows:
            cost = till.complete(row["task"], row["customer_id"], row["branch"], row["completed_at"], row["day"])
            by = {"branch": row["branch"], "stage": row["stage"], "day": row["day"].isoformat()}
            figures.add(figures.cost_fen, row["task"], by, cost)


def _task(document: Document, figures: Figures, till: Till) -> TaskForecast:
    task = document.code
    completed, cost_fen = figures.of(figures.completed, task), figures.of(figures.cost_fen, task)
    median, p90 = figures.days.get(task, (None, None))
    by_branch, by_stage = (_groups(figures, task, by) for by in ("branch", "stage"))
    return TaskForecast(
        task=task,
        version=document.version,
        moved_days=document.moved_days,
        seen=figures.of(figures.seen, task),
        claimed=figures.of(figures.claimed, task),
        completed=completed,
        expired=figures.expired[task],
        no_place=figures.no_place[task],
        cost_fen=cost_fen,
        wanted_fen=till.wanted_fen[task],
        cost_per_completion_fen=round(cost_fen / completed) if completed else None,
        days_to_complete_median=median,
        days_to_complete_p90=p90,
        rewards=till.rewards(task),
        by_day=[
            DayLine(date.fromisoformat(day), *(of[task, "day", day] for of in _counted(figures)))
            for day in figures.keys(task, "day")
        ],
        by_branch=by_branch,
        by_stage=by_stage,
    )


def _groups(figures: Figures, task: str, by: str) -> list[GroupLine]:
    return [
        GroupLine(key, figures.seen[task, by, key], *(of[task, by, key] for of in _counted(figures)))
        for key in figures.keys(task, by)
    ]


def _counted(figures: Figures) -> tuple[Counter[_Key], ...]:
    return figures.claimed, figures.completed, figures.cost_fen
