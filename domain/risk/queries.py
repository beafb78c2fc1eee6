"""What was decided, as operators see it: of customers of their branches, head office of all."""

from datetime import date, datetime
from typing import Any

import msgspec

from domain.operators import OperatorIdentity
from kit import clock, database
from kit.database import Record


class DecisionFilter(msgspec.Struct, frozen=True):
    """`from_` and `until` bound when it was decided."""

    customer_no: str | None = None
    rule: str | None = None
    decision: str | None = None
    shadow: bool | None = None
    from_: datetime | None = None
    until: datetime | None = None


class RecordedDecision(msgspec.Struct, frozen=True):
    """`rule` is None where a list decided; `subjects` are digests, while they are remembered."""

    id: int
    customer_no: str | None
    action: str
    version: int
    rule: str | None
    decision: str
    shadow: bool
    passed: bool
    signals: dict[str, Any]
    subjects: dict[str, str]
    at: datetime


class RuleDay(msgspec.Struct, frozen=True):
    """What a rule did on a business day: how often it fit in earnest, how many of these it kept out, and how often it
    fit in shadow.
    """

    rule: str | None
    decision: str
    day: date
    hits: int
    stopped: int
    shadow_hits: int


async def decisions(
    operator: OperatorIdentity, wanted: DecisionFilter, *, before: int | None = None, limit: int = 20
) -> list[RecordedDecision]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        """SELECT d.id, c.customer_no, d.action, d.version, d.rule, d.decision, d.shadow, d.passed, d.signals,
                  d.subjects, d.at
           FROM risk_decision d JOIN customer c ON c.id = d.customer_id
           WHERE ($1::text IS NULL OR c.customer_no = $1) AND ($2::text IS NULL OR d.rule = $2)
             AND ($3::text IS NULL OR d.decision = $3) AND ($4::bool IS NULL OR d.shadow = $4)
             AND ($5::timestamptz IS NULL OR d.at >= $5) AND ($6::timestamptz IS NULL OR d.at < $6)
             AND ($7::text[] IS NULL OR c.branch = ANY($7)) AND ($8::bigint IS NULL OR d.id < $8)
           ORDER BY d.id DESC LIMIT $9""",
        *msgspec.structs.astuple(wanted),
        operator.within,
        before,
        limit,
    )
    return [_decision(row) for row in rows]


def _decision(row: Record) -> RecordedDecision:
    told = {name: msgspec.json.decode(row[name]) for name in ("signals", "subjects")}
    return RecordedDecision(**{**dict(row), **told})


async def by_rule_and_day(operator: OperatorIdentity, first: date, last: date) -> list[RuleDay]:
    """What rules and lists did on the business days from `first` to `last`, both included."""
    rows = await database.fetch(
        """SELECT d.rule, d.decision, (d.at AT TIME ZONE 'Asia/Shanghai')::date AS day,
                  count(*) FILTER (WHERE NOT d.shadow) AS hits, count(*) FILTER (WHERE NOT d.passed) AS stopped,
                  count(*) FILTER (WHERE d.shadow) AS shadow_hits
           FROM risk_decision d JOIN customer c ON c.id = d.customer_id
           WHERE d.at >= $1 AND d.at < $2 AND ($3::text[] IS NULL OR c.branch = ANY($3))
           GROUP BY 1, 2, 3 ORDER BY 1 NULLS FIRST, 2, 3""",
        clock.start_of_day(first),
        clock.start_of_day(date.fromordinal(last.toordinal() + 1)),
        operator.within,
    )
    return [RuleDay(**row) for row in rows]
