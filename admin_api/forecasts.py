"""What a task, or all tasks of a campaign, would have done in days that are over."""

from typing import Literal

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import operators, simulation
from domain.approvals import MOVERS, Move
from domain.operators import OperatorIdentity
from domain.simulation import Forecast, ForecastRequest, ForecastState, Result, TaskForecast
from kit import clock
from kit.errors import NotFound
from kit.http import Answer, Code, Cursor, Fen, Page, Routes, page_bounds
from kit.http.types import next_cursor

_EXAMPLE = {"from": "2026-08-01", "until": "2026-10-31", "claim_share": "0.35", "claim_on": "start"}
_ASSUMPTIONS = [
    "谁能看到任务按预测当时的客户资料、等级和白名单判断，不是当时的情况",
    "事件按发生的时间和顺序播放，视为发生时即已收到；任务视为自首日零点起上线",
    "价格、库存、每人上限和预算取预测当时的值；每日上限按每天全额计算，不考虑发放时间窗口",
    "只计任务本身的奖励，不含等级礼、任务链和任务池带来的后续任务",
]


class ForecastDay(msgspec.Struct):
    """A business day; a claim stands on the day on which it begins, completions and costs on theirs."""

    day: str
    claimed: int
    completed: int
    cost_fen: Fen


class ForecastGroup(msgspec.Struct):
    """A branch (empty: of none we know) or a lifecycle stage."""

    key: str
    seen: int
    claimed: int
    completed: int
    cost_fen: Fen


class ForecastReward(msgspec.Struct):
    """One of the task's rewards: how often given, what that costs (experience nothing), how often refused and why
    (`coupon.out_of_stock`, `benefit.personal_cap`, `budget.exhausted`, …).
    """

    kind: Literal["experience", "coupon", "benefit"]
    target: str | None
    given: int
    cost_fen: Fen
    refused: dict[str, int]


class ForecastOfTask(msgspec.Struct):
    """Who sees the task, and how many claims there would have been and of them completed, expired, or refused for want
    of a place. `cost_fen` is within stocks, caps and budgets, `wanted_fen` without any. `moved_days`: its dates were
    laid so many days earlier.
    """

    task: str
    version: int
    moved_days: int
    seen: int
    claimed: int
    completed: int
    expired: int
    no_place: int
    cost_fen: Fen
    wanted_fen: Fen
    cost_per_completion_fen: int | None
    days_to_complete_median: float | None
    days_to_complete_p90: float | None
    rewards: list[ForecastReward]
    by_day: list[ForecastDay]
    by_branch: list[ForecastGroup]
    by_stage: list[ForecastGroup]


class ForecastBudget(msgspec.Struct):
    """A ceiling of a campaign: in all, or of each day (`per`); `branch` is null for the whole campaign, `HQ` for what
    head office keeps. It runs out when the first reward is refused for it.
    """

    campaign: str
    branch: str | None
    per: Literal["total", "day"]
    left_fen: int
    used_fen: Fen
    refused: int
    refused_fen: Fen
    runs_out_at: Instant | None


class ForecastResult(msgspec.Struct):
    """Its tasks, each alone and, of budgets and stocks, all together. Who sees them, prices, stocks and budgets are
    those of `as_of`.
    """

    as_of: Instant
    assumptions: list[str]
    cost_fen: Fen
    wanted_fen: Fen
    tasks: list[ForecastOfTask]
    budgets: list[ForecastBudget]


class ForecastView(msgspec.Struct):
    """A forecast of the operator's own customers, and how far it is; the result comes when it is ready."""

    forecast_id: str
    kind: Literal["tasks", "campaigns"]
    code: str
    asked: ForecastRequest
    state: ForecastState
    branch: str
    made_by: str | None
    customers: int
    customers_done: int
    events: int
    exceeds: bool | None
    failure: str | None
    created_at: Instant
    finished_at: Instant | None
    result: ForecastResult | None


class ForecastQuery(Cursor, forbid_unknown_fields=True):
    """Of one task or campaign, if named."""

    kind: Literal["tasks", "campaigns"] | None = None
    code: Code | None = None


async def forecast_task(
    request: Request, code: str, body: ForecastRequest, subject: OperatorIdentity
) -> Answer[ForecastView]:
    """Play recorded days through a task. The worker does it: ask `GET /forecasts/{forecast_id}` how far it is."""
    return await _asked(subject, "tasks", code, body)


async def forecast_campaign(
    request: Request, code: str, body: ForecastRequest, subject: OperatorIdentity
) -> Answer[ForecastView]:
    """The same for all tasks of a campaign together, against its budget."""
    return await _asked(subject, "campaigns", code, body)


async def _asked(subject: OperatorIdentity, kind: str, code: str, body: ForecastRequest) -> Answer[ForecastView]:
    return Answer((await _views([await simulation.ask(subject, kind, code, body)]))[0], status=202)


async def get_forecast(request: Request, forecast_id: str, subject: OperatorIdentity) -> ForecastView:
    """How far a forecast is, and what it found."""
    number = number_or(forecast_id, NotFound("forecast.not_found", "没有这次预测"))
    return (await _views([await simulation.read(subject, number)]))[0]


async def list_forecasts(request: Request, query: ForecastQuery, subject: OperatorIdentity) -> Page[ForecastView]:
    """Forecasts made of the operator's branches, newest first; head office sees all."""
    before, limit = page_bounds(query)
    found = await simulation.list_(subject, kind=query.kind, code=query.code, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page(await _views(found[:limit]), following)


async def _views(found: list[Forecast]) -> list[ForecastView]:
    names = await operators.usernames(one.maker_id for one in found)
    return [
        ForecastView(
            forecast_id=str(one.id),
            kind=one.kind,  # type: ignore[arg-type]
            code=one.code,
            asked=one.asked,
            state=one.state,
            branch=one.branch,
            made_by=names.get(one.maker_id),
            customers=one.customers,
            customers_done=one.customers_done,
            events=one.events,
            exceeds=one.result.exceeds if one.result else None,
            failure=one.failure,
            created_at=clock.local_text(one.created_at),
            finished_at=clock.local_text(one.finished_at) if one.finished_at else None,
            result=_result(one.result) if one.result else None,
        )
        for one in found
    ]


def _result(result: Result) -> ForecastResult:
    return ForecastResult(
        as_of=clock.local_text(result.as_of),
        assumptions=_ASSUMPTIONS,
        cost_fen=result.cost_fen,
        wanted_fen=result.wanted_fen,
        tasks=[_task(task) for task in result.tasks],
        budgets=[
            ForecastBudget(
                one.campaign,
                one.branch or None,
                one.per,  # type: ignore[arg-type]
                one.left_fen,
                one.used_fen,
                one.refused,
                one.refused_fen,
                clock.local_text(one.runs_out_at) if one.runs_out_at else None,
            )
            for one in result.budgets
        ],
    )


def _task(task: TaskForecast) -> ForecastOfTask:
    return msgspec.convert(msgspec.to_builtins(task), ForecastOfTask)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    for kind, handler in (("tasks", forecast_task), ("campaigns", forecast_campaign)):
        room.route(
            "POST",
            f"/{kind}/{{code}}/forecast",
            tag="forecasts",
            status=202,
            errors=(404, 409, 422),
            example=_EXAMPLE,
            access=access(Scope.ONE, *MOVERS[Move.SUBMIT]),
        )(handler)
    room.route("GET", "/forecasts", tag="forecasts", access=access(Scope.ROWS))(list_forecasts)
    room.route("GET", "/forecasts/{forecast_id}", tag="forecasts", errors=(404,), access=access(Scope.ONE))(
        get_forecast
    )
