"""Figures operators ask for, of their own customers, as JSON or as a sheet."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import approvals, statistics
from domain.operators import OperatorIdentity
from domain.statistics import Report, Span
from kit import clock, sheets
from kit.http import Code, Fen, Routes

Format = Literal["json", "xlsx"]
Supplier = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]


class TaskFigures(msgspec.Struct):
    """Claims of a task by what became of them, and the cost of their rewards in fen.

    `completed` counts every claim that reached completion and was not taken back.
    """

    claimed: int
    completed: int
    rewarded: int
    expired: int
    clawed_back: int
    cost_fen: int


class Days(msgspec.Struct, forbid_unknown_fields=True, rename={"since": "from"}):
    """Business days (Asia/Shanghai), both included; without them all. `format=xlsx`, or the header Accept, asks for a
    sheet.
    """

    since: date | None = None
    until: date | None = None
    format: Format | None = None


class TaskQuery(Days, forbid_unknown_fields=True, rename={"since": "from"}):
    """A line for each task (`subject`), day or branch."""

    by: statistics.By = "subject"
    campaign: Code | None = None
    task: Code | None = None


class CouponQuery(Days, forbid_unknown_fields=True, rename={"since": "from"}):
    """A line for each template (`subject`), day or branch."""

    by: statistics.By = "subject"
    campaign: Code | None = None
    template: Code | None = None


class BenefitQuery(Days, forbid_unknown_fields=True, rename={"since": "from"}):
    """A line for each `supplier/benefit` (`subject`), day or branch."""

    by: statistics.By = "subject"
    supplier: Supplier | None = None


class EventQuery(Days, forbid_unknown_fields=True, rename={"since": "from"}):
    """A line for each type (`subject`), day or branch."""

    by: statistics.By = "subject"


class ReportRow(msgspec.Struct, omit_defaults=True):
    """What a line is about, and its figures by name. The funnel has ratios as well: `claimed_of_seen`,
    `completed_of_claimed` and `rewarded_of_completed` as decimal shares (`"0.3512"`), and `cost_per_completion_fen`;
    null where there is nothing to be a share of.
    """

    key: str
    figures: dict[str, int]
    ratios: dict[str, int | str | None] = {}


class ReportView(msgspec.Struct):
    """Lines by key. Every commit before `as_of` is counted; it is null before the first count."""

    as_of: Instant | None
    rows: list[ReportRow]


class BudgetUseView(msgspec.Struct):
    """A pot and what was taken of it; `branch` is null for the whole campaign."""

    branch: str | None
    ceiling_fen: Fen
    reserved_fen: Fen
    committed_fen: Fen


class CampaignView(msgspec.Struct):
    """Its tasks, its coupons, its budget."""

    tasks: ReportView
    coupons: ReportView
    budget: list[BudgetUseView]


class LevelView(msgspec.Struct):
    """How many customers are on each level now, and how many rose and fell on each day."""

    levels: ReportView
    moves: ReportView


async def get_task_report(request: Request, code: str, subject: OperatorIdentity) -> TaskFigures:
    """What became of a task, to the last commit."""
    await approvals.read("tasks", code, subject)
    return msgspec.convert(await statistics.task_report(subject, code), TaskFigures, from_attributes=True)


async def get_campaign_report(request: Request, code: str, query: Days, subject: OperatorIdentity) -> CampaignView:
    """The funnel of a campaign's tasks, its coupons, and its budget; JSON only."""
    await approvals.read("campaigns", code, subject)
    span = _span(query)
    budget = await statistics.budget_use(subject, code)
    return CampaignView(
        _view(await statistics.funnel(subject, "subject", span, code, None)),
        _view(await statistics.coupons(subject, "subject", span, code, None)),
        [BudgetUseView(pot.branch or None, pot.ceiling_fen, pot.reserved_fen, pot.committed_fen) for pot in budget],
    )


async def get_funnel(request: Request, query: TaskQuery, subject: OperatorIdentity) -> ReportView | HTTPResponse:
    """What became of claims, by task, by the day on which they were made, or by branch.

    A claim stays on its day whatever becomes of it: a reward taken back after weeks leaves the figures of that day.
    """
    report = await statistics.funnel(subject, query.by, _span(query), query.campaign, query.task)
    return _answer(request, query.format, "funnel", report)


async def get_coupon_report(
    request: Request, query: CouponQuery, subject: OperatorIdentity
) -> ReportView | HTTPResponse:
    """Coupons by state, of each template, day of issue, or branch."""
    report = await statistics.coupons(subject, query.by, _span(query), query.campaign, query.template)
    return _answer(request, query.format, "coupons", report)


async def get_benefit_report(
    request: Request, query: BenefitQuery, subject: OperatorIdentity
) -> ReportView | HTTPResponse:
    """Benefits by state, of each supplier and benefit, day of grant, or branch."""
    report = await statistics.benefits(subject, query.by, _span(query), query.supplier)
    return _answer(request, query.format, "benefits", report)


async def get_event_report(request: Request, query: EventQuery, subject: OperatorIdentity) -> ReportView | HTTPResponse:
    """Events told to us and their amounts, by type, by the day on which they occurred, or by branch."""
    report = await statistics.events(subject, query.by, _span(query))
    return _answer(request, query.format, "events", report)


async def get_level_report(request: Request, query: Days, subject: OperatorIdentity) -> LevelView | HTTPResponse:
    """Customers on each level now; rises and falls by day."""
    levels = await statistics.levels(subject)
    moves = await statistics.level_moves(subject, _span(query))
    if _wants_sheet(request, query.format):
        return _sheet("levels", [levels, moves])
    return LevelView(_view(levels), _view(moves))


def _span(query: Days) -> Span:
    return Span(query.since, query.until)


def _answer(request: Request, form: Format | None, name: str, report: Report) -> ReportView | HTTPResponse:
    return _sheet(name, [report]) if _wants_sheet(request, form) else _view(report)


def _wants_sheet(request: Request, form: Format | None) -> bool:
    return form == "xlsx" or (form is None and sheets.XLSX in request.headers.get("accept", ""))


def _sheet(name: str, reports: Sequence[Report]) -> HTTPResponse:
    rows: list[list[str | int]] = []
    for report in reports:
        rows.append(["as_of", clock.local_text(report.as_of) if report.as_of else ""])
        if report.rows:
            rows.append(["key", *report.rows[0].figures, *report.rows[0].ratios])
        rows += [[row.key, *row.figures.values(), *map(_cell, row.ratios.values())] for row in report.rows]
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HTTPResponse(sheets.xlsx(name, rows), 200, headers, sheets.XLSX)


def _cell(ratio: int | str | None) -> int | str:
    return "" if ratio is None else ratio


def _view(report: Report) -> ReportView:
    moment = clock.local_text(report.as_of) if report.as_of else None
    return ReportView(moment, [ReportRow(row.key, row.figures, row.ratios) for row in report.rows])


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    tag, sheet, rows = "reports", (sheets.XLSX,), access(Scope.ROWS)
    one = access(Scope.ONE)
    room.route("GET", "/reports/tasks/{code}", tag=tag, errors=(404,), access=one)(get_task_report)
    room.route("GET", "/reports/campaigns/{code}", tag=tag, errors=(404,), access=one)(get_campaign_report)
    room.route("GET", "/reports/funnel", tag=tag, pictures=sheet, access=rows)(get_funnel)
    room.route("GET", "/reports/coupons", tag=tag, pictures=sheet, access=rows)(get_coupon_report)
    room.route("GET", "/reports/benefits", tag=tag, pictures=sheet, access=rows)(get_benefit_report)
    room.route("GET", "/reports/events", tag=tag, pictures=sheet, access=rows)(get_event_report)
    room.route("GET", "/reports/levels", tag=tag, pictures=sheet, access=rows)(get_level_report)
