"""What rules and lists made of attempts: one by one, and summed up by rule."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import risk
from domain.operators import OperatorIdentity
from kit import clock
from kit.errors import BadInput, Fault
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

_MOST_DAYS = 92


class RiskDecision(msgspec.Struct):
    """`rule` of `version` of the table, or null where a list decided. `passed`: the attempt went on. `subjects` are
    digests by kind, to be put on a list; after half a year they are forgotten.
    """

    decision_id: str
    customer_no: str | None
    action: risk.Action
    version: int
    rule: str | None
    decision: risk.Decision
    shadow: bool
    passed: bool
    signals: dict[str, Any]
    subjects: dict[str, str]
    at: Instant


class RiskDecisionFilter(Cursor, forbid_unknown_fields=True):
    """Decisions of a customer, by a rule, of a kind, between two moments; those in shadow, or those in earnest."""

    customer_no: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    rule: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    decision: risk.Decision | None = None
    shadow: bool | None = None
    from_: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="from")
    until: Annotated[datetime, Meta(tz=True)] | None = None


class RuleDay(msgspec.Struct):
    """A business day."""

    day: str
    hits: int
    stopped: int
    shadow_hits: int


class RuleSummary(msgspec.Struct):
    """How often a rule (null: the lists) fit in earnest, how many of these attempts did not go on, and how often it fit
    in shadow.
    """

    rule: str | None
    decision: risk.Decision
    hits: int
    stopped: int
    shadow_hits: int
    days: list[RuleDay]


class RiskSummary(msgspec.Struct):
    """Rules that fit at all."""

    items: list[RuleSummary]


class RiskSummaryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Business days, both included; without them the last seven."""

    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None


async def list_risk_decisions(
    request: Request, query: RiskDecisionFilter, subject: OperatorIdentity
) -> Page[RiskDecision]:
    """What was decided of customers of the operator's branch, newest first; head office sees all."""
    before, limit = page_bounds(query)
    wanted = msgspec.convert(query, risk.DecisionFilter, from_attributes=True)
    found = await risk.decisions(subject, wanted, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page([_view(one) for one in found[:limit]], following)


async def get_risk_summary(request: Request, query: RiskSummaryQuery, subject: OperatorIdentity) -> RiskSummary:
    """Hits by rule and day, those in shadow apart: what a rule would do, before it does it."""
    last = query.until or clock.today()
    first = query.from_ or last - timedelta(days=6)
    if not timedelta() <= last - first < timedelta(days=_MOST_DAYS):
        fault = Fault("until", "invalid", f"not before from, and at most {_MOST_DAYS} days")
        raise BadInput("request.invalid", "日期范围有误", [fault])
    found: dict[tuple[str | None, str], RuleSummary] = {}
    for one in await risk.by_rule_and_day(subject, first, last):
        row = found.setdefault((one.rule, one.decision), RuleSummary(one.rule, one.decision, 0, 0, 0, []))  # type: ignore[arg-type]
        row.hits += one.hits
        row.stopped += one.stopped
        row.shadow_hits += one.shadow_hits
        row.days.append(RuleDay(one.day.isoformat(), one.hits, one.stopped, one.shadow_hits))
    return RiskSummary(list(found.values()))


def _view(one: risk.RecordedDecision) -> RiskDecision:
    told = {**msgspec.structs.asdict(one), "decision_id": str(one.id), "at": clock.local_text(one.at)}
    del told["id"]
    return RiskDecision(**told)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/risk-decisions", tag="risk", access=access(Scope.ROWS))(list_risk_decisions)
    room.route("GET", "/risk-summary", tag="risk", access=access(Scope.ROWS))(get_risk_summary)
