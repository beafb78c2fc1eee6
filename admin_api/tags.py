"""How many customers have a tag, how fresh it is, and what one customer has."""

from typing import Any

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import customers, tags
from domain.operators import OperatorIdentity
from domain.tags import TagLine
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor


class Classification(msgspec.Struct):
    """Where the tag stands in the catalogue."""

    first: str
    second: str


class TagCoverage(msgspec.Struct, kw_only=True):
    """A tag that is live or paused. `covered` customers have it, of all the tag's branch sees, as its last run counted
    (`as_of`, which took `seconds`; null: it was not computed yet). `fresh`: of this version, and not older than a day.
    `told_at` is when a file last told values. `computing`: a run is under way.
    """

    tag: str
    name: str
    department: str
    classification: Classification
    type: str
    source: str
    branch: str
    paused: bool
    covered: int
    as_of: Instant | None
    seconds: float | None
    fresh: bool
    told_at: Instant | None
    computing: bool


class BranchCoverage(msgspec.Struct):
    """Customers of a branch (null: of none we know), and how many of them have the tag."""

    branch: str | None
    customers: int
    covered: int


class TagCoverageDetail(TagCoverage, kw_only=True):
    """Counted now, of the customers the operator sees: by branch, and by value where it is a flag or a text."""

    branches: list[BranchCoverage]
    values: dict[str, int]


class CustomerTagLine(msgspec.Struct):
    """A tag of the customer: its value, since when it is so, as of when that is known (imported: told), and the kind of
    source: `field`, `status`, `transactions`, `imported` or `expression`.
    """

    tag: str
    name: str
    type: str
    value: bool | int | str
    since: Instant
    as_of: Instant
    source: str


async def list_tag_coverage(request: Request, query: Cursor, subject: OperatorIdentity) -> Page[TagCoverage]:
    """Live and paused tags of the operator's branches, newest first, with coverage and freshness."""
    after, limit = page_bounds(query)
    found = await tags.overview(subject, after=after, limit=limit + 1)
    following = next_cursor(found, limit, lambda one: one.tag.version_id)
    return Page([TagCoverage(**_fields(line)) for line in found[:limit]], following)


async def get_tag_coverage(request: Request, code: str, subject: OperatorIdentity) -> TagCoverageDetail:
    """How many of the operator's customers have a tag, by branch and by value; it has to be live or paused."""
    found = await tags.coverage(subject, code)
    branches = [BranchCoverage(*msgspec.structs.astuple(share)) for share in found.branches]
    return TagCoverageDetail(**_fields(found.line), branches=branches, values=found.values)


async def list_customer_tags(request: Request, customer_no: str, subject: OperatorIdentity) -> Page[CustomerTagLine]:
    """Every tag a customer has, by code."""
    who = await customers.seen_by(subject, customer_no)
    return Page(
        [
            CustomerTagLine(
                one.tag.code,
                one.tag.definition.name,
                one.tag.definition.type,
                one.value,
                clock.local_text(one.since),
                clock.local_text(one.as_of),
                one.tag.definition.source.kind,
            )
            for one in await tags.of_customer(who)
        ]
    )


def _fields(line: TagLine) -> dict[str, Any]:
    definition = line.tag.definition
    classification = definition.classification
    return {
        "tag": line.tag.code,
        "name": definition.name,
        "department": definition.department,
        "classification": Classification(classification.first, classification.second),
        "type": definition.type,
        "source": definition.source.kind,
        "branch": line.tag.branch,
        "paused": line.tag.paused,
        "covered": line.covered,
        "as_of": clock.local_text(line.as_of) if line.as_of else None,
        "seconds": line.took_ms / 1000 if line.as_of else None,
        "fresh": line.fresh,
        "told_at": clock.local_text(line.told_at) if line.told_at else None,
        "computing": line.computing,
    }


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/tag-coverage", tag="tags", access=access(Scope.ROWS))(list_tag_coverage)
    room.route("GET", "/tags/{code}/coverage", tag="tags", errors=(404,), access=access(Scope.ONE))(get_tag_coverage)
    room.route("GET", "/customers/{customer_no}/tags", tag="customers", errors=(404,), access=access(Scope.ONE))(
        list_customer_tags
    )
