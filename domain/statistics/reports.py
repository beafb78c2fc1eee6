"""The reports: each a table of figures of the operator's branches, and the moment they are of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.operators import OperatorIdentity
from domain.statistics import rules
from domain.statistics.figures import By, Span, as_of, sums
from kit import database

FUNNEL = ("seen", "claims", "offers", "rewards", "debts", "task_coupons", "task_benefits")


class Report(msgspec.Struct, frozen=True):
    """Rows by key. `as_of`: every commit before this moment is in the figures; None before the first count."""

    as_of: datetime | None
    rows: list[rules.Row]


async def funnel(operator: OperatorIdentity, by: By, span: Span, campaign: str | None, task: str | None) -> Report:
    """What became of claims of tasks, by the business day on which they were made, whenever it happened."""
    subjects = await _within("tasks", campaign, task)
    return await _report(operator, FUNNEL, by, span, rules.funnel_row, subjects, rules.funnel_ratios)


async def coupons(operator: OperatorIdentity, by: By, span: Span, campaign: str | None, template: str | None) -> Report:
    """Coupons by the state they are in, by the day of their issue."""
    subjects = await _within("coupon-templates", campaign, template)
    return await _report(operator, ("coupons",), by, span, rules.coupon_row, subjects)


async def benefits(operator: OperatorIdentity, by: By, span: Span, supplier: str | None) -> Report:
    """Granted benefits by the state they are in, by the day of the grant; subjects are `supplier/benefit`."""
    found = await sums(("benefits",), by if supplier is None else "subject", span, operator.within)
    subjects = None
    if supplier is not None:
        subjects = sorted({one.key for one in found if one.key.partition("/")[0] == supplier})
    return await _report(operator, ("benefits",), by, span, rules.benefit_row, subjects)


async def level_moves(operator: OperatorIdentity, span: Span) -> Report:
    """How many customers rose and fell on each business day."""
    return await _report(operator, ("level_moves",), "day", span, rules.level_move_row, None)


async def levels(operator: OperatorIdentity) -> Report:
    """How many customers are on each level now; who has no experience yet is not counted."""
    return await _report(operator, ("levels",), "subject", Span(), rules.level_row, None)


async def events(operator: OperatorIdentity, by: By, span: Span) -> Report:
    """Events told to us, by the day on which they occurred, and their amounts."""
    return await _report(operator, ("events",), by, span, rules.event_row, None)


async def _report(
    operator: OperatorIdentity,
    sources: Sequence[str],
    by: By,
    span: Span,
    shape: rules.Shape,
    subjects: Sequence[str] | None,
    ratios: rules.Ratios = lambda _: {},
) -> Report:
    # Before the sums: figures may be newer than said, never older.
    moment = await as_of(sources)
    found: list[rules.Sum] = await sums(sources, by, span, operator.within, subjects)
    return Report(moment, rules.rows_of(found, shape, ratios))


async def _within(kind: str, campaign: str | None, code: str | None) -> list[str] | None:
    """Codes of this kind that are in a campaign, in whatever version; None: all of them."""
    if campaign is None:
        return None if code is None else [code]
    rows: list[Any] = await database.fetch(
        """SELECT DISTINCT code FROM configuration
           WHERE kind = $1 AND body ->> 'campaign' = $2 AND ($3::text IS NULL OR code = $3) AND live_at IS NOT NULL""",
        kind,
        campaign,
        code,
    )
    return [row["code"] for row in rows]
