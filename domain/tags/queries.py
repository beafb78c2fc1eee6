"""Tags as operators see them: how many customers have one, how fresh it is, and what one customer has."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from domain import approvals
from domain.approvals import State
from domain.customers import Profile
from domain.operators import OperatorIdentity
from domain.tags.catalogue import KIND, Tag, tag_of
from domain.tags.definition import Value
from kit import clock, database
from kit.errors import NotFound

LATE = timedelta(hours=26)
"""A tag is computed every day: one that is older than this is stale."""


class TagLine(msgspec.Struct, frozen=True):
    """A tag that is live or paused. `as_of` and `took_ms` are of its last run, None while there was none; `computing`
    says that one is under way.
    """

    tag: Tag
    covered: int
    as_of: datetime | None
    took_ms: int
    told_at: datetime | None
    computing: bool

    @property
    def fresh(self) -> bool:
        """Whether the values are of this version and of the last day."""
        return self.as_of is not None and clock.now() - self.as_of <= LATE


class Share(msgspec.Struct, frozen=True):
    """How many customers there are of a branch (None: of no branch we know), and how many have the tag."""

    branch: str | None
    customers: int
    covered: int


class Coverage(msgspec.Struct, frozen=True):
    """Of the customers an operator sees: by branch, and by value where values are few (a flag's, a text's)."""

    line: TagLine
    branches: list[Share]
    values: dict[str, int]


class CustomerTag(msgspec.Struct, frozen=True):
    """A tag of one customer: so since `since`, and still so `as_of`; an imported one as of when it was told."""

    tag: Tag
    value: Value
    since: datetime
    as_of: datetime


async def overview(operator: OperatorIdentity, *, after: int | None = None, limit: int = 20) -> list[TagLine]:
    """Live and paused tags of the operator's branches, newest first, from below the version id `after`."""
    rows = await database.fetch(
        """SELECT c.id FROM configuration c WHERE c.kind = 'tags' AND c.state IN ('live', 'paused')
             AND ($1::text[] IS NULL OR c.branch = ANY($1)) AND ($2::bigint IS NULL OR c.id < $2)
           ORDER BY c.id DESC LIMIT $3""",
        operator.within,
        after,
        limit,
    )
    found = [tag_of(version) for version in await approvals.versions([row[0] for row in rows])]
    return await _lines(sorted(found, key=lambda tag: -tag.version_id))


async def _lines(found: Sequence[Tag]) -> list[TagLine]:
    """With the figures of their last run."""
    rows = await database.fetch(
        """SELECT tag, covered, as_of, took_ms, told_at, run_version_id IS NOT NULL AS computing
           FROM tag_state WHERE tag = ANY($1::text[])""",
        [tag.code for tag in found],
    )
    known = {row["tag"]: list(row)[1:] for row in rows}
    return [TagLine(tag, *known.get(tag.code, (0, None, 0, None, False))) for tag in found]


async def coverage(operator: OperatorIdentity, code: str) -> Coverage:
    """Counted now. Raises `NotFound`, also for another branch's tag and for one that is neither live nor paused."""
    reading = await approvals.read(KIND, code, operator)
    standing = [one for one in (reading.latest, reading.live) if one and one.state in (State.LIVE, State.PAUSED)]
    if not standing:
        raise NotFound("tag.not_live", "该标签尚未上线或已下线")
    [line] = await _lines([tag_of(standing[0])])
    within = operator.within
    branches = await database.fetch(
        """SELECT c.branch, count(*) AS customers, count(v.customer_id) AS covered FROM customer c
           LEFT JOIN tag_value v ON v.tag = $1 AND v.customer_id = c.id
           WHERE c.customer_no IS NOT NULL AND c.erased_at IS NULL AND ($2::text[] IS NULL OR c.branch = ANY($2))
           GROUP BY c.branch ORDER BY c.branch NULLS LAST""",
        code,
        within,
    )
    return Coverage(line, [Share(*row) for row in branches], await _by_value(line.tag, within))


async def _by_value(tag: Tag, within: Sequence[str] | None) -> dict[str, int]:
    if tag.definition.type == "number":
        return {}
    rows = await database.fetch(
        """SELECT coalesce(v.text, v.flag::text) AS value, count(*) FROM tag_value v
           JOIN customer c ON c.id = v.customer_id
           WHERE v.tag = $1 AND ($2::text[] IS NULL OR c.branch = ANY($2)) GROUP BY 1 ORDER BY 2 DESC, 1""",
        tag.code,
        within,
    )
    return {row[0]: row[1] for row in rows}


async def of_customer(customer: Profile) -> list[CustomerTag]:
    """Every tag a customer has that is live or paused, by code."""
    rows = await database.fetch(
        """SELECT c.id, v.flag, v.number, v.text, v.as_of, greatest(v.as_of, s.as_of) AS looked_at FROM tag_state s
           JOIN tag_value v ON v.tag = s.tag AND v.customer_id = $1
           JOIN configuration c ON c.kind = 'tags' AND c.code = s.tag AND c.state IN ('live', 'paused')
           ORDER BY s.tag""",
        customer.id,
    )
    known = {version.id: tag_of(version) for version in await approvals.versions([row["id"] for row in rows])}
    return [_customer_tag(known[version_id], *values) for version_id, *values in rows]


def _customer_tag(tag: Tag, *row: Any) -> CustomerTag:
    *given, since, looked_at = row
    value = next(value for value in given if value is not None)
    return CustomerTag(tag, value, since, since if tag.definition.source.imported else looked_at)
