"""Sums of figures, as reports need them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from domain.statistics.rules import Sum
from kit import database

By = Literal["subject", "day", "branch"]


class Span(msgspec.Struct, frozen=True):
    """Business days from `since` to `until`, both included; None is open."""

    since: date | None = None
    until: date | None = None


async def sums(
    sources: Sequence[str], by: By, span: Span, branches: Sequence[str] | None, subjects: Sequence[str] | None = None
) -> list[Sum]:
    """Sums over `branches` and `subjects` (None: all), by key in its order."""
    key = {"subject": "subject", "day": "day::text", "branch": "branch"}[by]
    rows = await database.fetch(
        f"""SELECT source, {key} AS key, measure, sum(number)::bigint, sum(amount)::bigint FROM figure
            WHERE source = ANY($1::text[]) AND ($2::text[] IS NULL OR subject = ANY($2))
              AND ($3::text[] IS NULL OR branch = ANY($3)) AND day BETWEEN $4 AND $5
            GROUP BY 1, 2, 3 HAVING sum(number) <> 0 ORDER BY 2, 1, 3""",
        list(sources),
        _list(subjects),
        _list(branches),
        span.since or date.min,
        span.until or date.max,
    )
    return [Sum(*row) for row in rows]


async def as_of(sources: Sequence[str]) -> datetime | None:
    """The moment whose commits the figures of all these sources hold; None while one was never counted."""
    known: datetime | None = await database.fetchval(
        """SELECT CASE WHEN count(as_of) = cardinality($1::text[]) THEN min(as_of) END FROM counting_mark
           WHERE source = ANY($1::text[])""",
        list(sources),
    )
    return known


def _list(values: Sequence[str] | None) -> list[Any] | None:
    return None if values is None else list(values)
