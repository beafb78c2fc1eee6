"""The trail as auditors read it."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec

from domain.audit.entry import AuditEntry
from kit import database
from kit.database import Record

_FIELDS = AuditEntry.__struct_fields__
_MATCHING = """SELECT * FROM audit_entry
    WHERE ($1::text[] IS NULL OR branch = ANY($1)) AND ($2::text IS NULL OR operator = $2)
      AND ($3::text IS NULL OR action = $3 OR starts_with(action, $3 || '.'))
      AND ($4::text IS NULL OR subject = $4 OR starts_with(subject, $4 || '/'))
      AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)
      AND ($7::text IS NULL OR branch = $7)"""
_AT_ONCE = 1000


class Filter(msgspec.Struct, frozen=True):
    """What is None does not narrow. `action` and `subject` also match what lies below them (`sessions`,
    `customers/C1`); `until` itself is outside.
    """

    operator: str | None = None
    action: str | None = None
    subject: str | None = None
    from_: datetime | None = None
    until: datetime | None = None
    branch: str | None = None


async def list_(within: Sequence[str] | None, by: Filter, before: int | None, limit: int) -> list[AuditEntry]:
    """Entries of operators of these branches (None: all), newest first, from below the number `before`."""
    rows = await database.fetch(
        f"{_MATCHING} AND ($8::bigint IS NULL OR number < $8) ORDER BY number DESC LIMIT $9",
        *_values(within, by),
        before,
        limit,
    )
    return [kept_of(row) for row in rows]


async def stream(within: Sequence[str] | None, by: Filter) -> AsyncIterator[list[AuditEntry]]:
    """All of them, oldest first, a thousand at a time; what is written meanwhile may still come."""
    after = 0
    while True:
        rows = await database.fetch(
            f"{_MATCHING} AND number > $8 ORDER BY number LIMIT {_AT_ONCE}", *_values(within, by), after
        )
        if not rows:
            return
        yield [kept_of(row) for row in rows]
        after = rows[-1]["number"]


def kept_of(row: Record) -> AuditEntry:
    """The entry in a row of `audit_entry`."""
    return AuditEntry(**{name: row[name] for name in _FIELDS})


def _values(within: Sequence[str] | None, by: Filter) -> tuple[object, ...]:
    branches = None if within is None else list(within)
    return (branches, by.operator, by.action, by.subject, by.from_, by.until, by.branch)
