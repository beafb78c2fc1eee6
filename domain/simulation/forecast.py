"""A forecast: what was asked for, how far it is, and what it found."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from domain.simulation.definition import ForecastRequest
from kit.database import Record


class ForecastState(StrEnum):
    """waiting → running → ready; failed."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class Document(msgspec.Struct, frozen=True):
    """A version of a task as it was when the forecast was asked for; `moved_days` is how much earlier than
    planned it is played.
    """

    version_id: int
    code: str
    version: int
    content_hash: str
    body: dict[str, Any]
    moved_days: int


class DayLine(msgspec.Struct, frozen=True):
    """What would have been claimed, completed and spent on a day; a claim stands on the day on which it begins."""

    day: date
    claimed: int
    completed: int
    cost_fen: int


class GroupLine(msgspec.Struct, frozen=True):
    """The same of a branch or a stage."""

    key: str
    seen: int
    claimed: int
    completed: int
    cost_fen: int


class RewardLine(msgspec.Struct, frozen=True):
    """One reward of a task: how often it would have been given at what cost in all, and how often it would have been
    refused, by the reason.
    """

    kind: str
    target: str | None
    given: int
    cost_fen: int
    refused: dict[str, int]


class TaskForecast(msgspec.Struct, frozen=True):
    """What would have become of a task. `wanted_fen` is what its completions would have cost without any bound,
    `cost_fen` what stock, caps and budgets leave of it. `no_place` are claims refused for want of a place.
    """

    task: str
    version: int
    moved_days: int
    seen: int
    claimed: int
    completed: int
    expired: int
    no_place: int
    cost_fen: int
    wanted_fen: int
    cost_per_completion_fen: int | None
    days_to_complete_median: float | None
    days_to_complete_p90: float | None
    rewards: list[RewardLine]
    by_day: list[DayLine]
    by_branch: list[GroupLine]
    by_stage: list[GroupLine]


class BudgetForecast(msgspec.Struct, frozen=True):
    """A ceiling of a campaign's budget; `branch` is "" for the whole of it, `per` is `total` or `day`. `left_fen` is
    what it has to give, in all or each day. It runs out when the first reward is refused for it.
    """

    campaign: str
    branch: str
    per: str
    left_fen: int
    used_fen: int
    refused: int
    refused_fen: int
    runs_out_at: datetime | None


class Result(msgspec.Struct, frozen=True):
    """Who sees a task, prices, stocks and budgets are those of `as_of`."""

    as_of: datetime
    cost_fen: int
    wanted_fen: int
    tasks: list[TaskForecast]
    budgets: list[BudgetForecast]

    @property
    def exceeds(self) -> bool:
        """Whether some budget would have run out."""
        return any(budget.runs_out_at is not None for budget in self.budgets)


Tally = dict[str, dict[str, dict[str, int]]]
"""Task → branch → stage → how many see it."""


class Forecast(msgspec.Struct, frozen=True):
    """One forecast; `customers_done` of `customers` have been played, with `events` of theirs."""

    id: int
    kind: str
    code: str
    asked: ForecastRequest
    documents: list[Document]
    branch: str
    maker_id: int
    state: ForecastState
    after_customer: int
    customers: int
    customers_done: int
    events: int
    tally: Tally
    result: Result | None
    failure: str | None
    created_at: datetime
    finished_at: datetime | None


COLUMNS = ", ".join(Forecast.__struct_fields__)


def forecast_of(row: Record) -> Forecast:
    """A row that has `COLUMNS`."""
    values = dict(row)
    decode = msgspec.json.decode
    values["asked"] = decode(row["asked"], type=ForecastRequest)
    values["documents"] = decode(row["documents"], type=list[Document])
    values["tally"] = decode(row["tally"], type=Tally)
    values["result"] = decode(row["result"], type=Result) if row["result"] else None
    values["state"] = ForecastState(row["state"])
    return Forecast(**values)
