"""What audiences cover, before and after they are saved; frozen copies for audit; whose member a customer is."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.configurations import checked_code
from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import audiences, customers, operators
from domain.approvals import MOVERS, Move
from domain.audiences import AUDIENCES, AudienceDefinition, Snapshot
from domain.operators import OperatorIdentity, Role
from kit import clock
from kit.errors import Fault, NotFound, RuleViolated
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor
from kit.masking import mask_name

_MOST_COMPARED = 5


class SampleCustomer(msgspec.Struct):
    """One of those found; the name is masked."""

    customer_no: str | None
    name: str
    stage: str
    branch: str | None


class AudiencePreview(msgspec.Struct):
    """Whom a draft would find now; `by_branch` has "" for customers of no branch."""

    count: int
    by_branch: dict[str, int]
    by_stage: dict[str, int]
    sample: list[SampleCustomer]


class ContactableView(msgspec.Struct):
    """Members who agree to be contacted by a channel, and for WeChat are bound."""

    sms: int
    wechat: int
    push: int


class AudienceCoverage(msgspec.Struct):
    """A live audience in figures; `share_percent` is of all customers the operator sees. `failure` says why it could
    not be worked out last time; its members are those of `as_of`.
    """

    code: str
    members: int
    share_percent: float
    as_of: Instant | None
    due_at: Instant | None
    failure: str | None
    by_branch: dict[str, int]
    by_stage: dict[str, int]
    contactable: ContactableView


class OverlapQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Two to five codes with commas between them."""

    codes: Annotated[str, Meta(min_length=1, max_length=400)]


class AudiencePair(msgspec.Struct):
    """Two audiences: members of both, and what part of each that is."""

    codes: list[str]
    both: int
    percent_of_first: float
    percent_of_second: float


class AudienceOverlap(msgspec.Struct):
    """Members of each, of all of them, of any of them, and of every two."""

    members: dict[str, int]
    all: int
    any: int
    pairs: list[AudiencePair]


class NewSnapshot(msgspec.Struct, forbid_unknown_fields=True):
    """`note` says what it is kept for."""

    note: Annotated[str, Meta(max_length=200)] = ""


class SnapshotView(msgspec.Struct, kw_only=True):
    """An audience as it was at `as_of`. `digest` is SHA-256 in hex over the ids of its members ascending, 8 bytes each,
    the highest byte first.
    """

    snapshot_id: str
    audience: str
    edition: int
    as_of: Instant
    members: int
    digest: str
    note: str
    made_by: str
    made_at: Instant


class SnapshotDetail(SnapshotView, kw_only=True):
    """`contains` answers for the customer who was asked for."""

    contains: bool | None = None


class SnapshotQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A customer, to be told whether they were a member."""

    customer_no: Annotated[str, Meta(min_length=1, max_length=32)] | None = None


class AudienceOfCustomer(msgspec.Struct):
    """A live audience of the operator's that has the customer as a member."""

    code: str
    name: str


async def preview_audience(request: Request, body: AudienceDefinition, subject: OperatorIdentity) -> AudiencePreview:
    """Whom a draft would find now, of the operator's branches; nothing is saved."""
    found = await audiences.preview(subject, body)
    return AudiencePreview(
        found.count,
        found.where.by_branch,
        found.where.by_stage,
        [SampleCustomer(one.customer_no, mask_name(one.name), one.stage, one.branch) for one in found.sample],
    )


async def get_audience_coverage(request: Request, code: str, subject: OperatorIdentity) -> AudienceCoverage:
    """How many a live audience has, where they are, and who of them may be contacted how."""
    found = await audiences.coverage(subject, code)
    return AudienceCoverage(
        code=found.code,
        members=found.members,
        share_percent=found.share,
        as_of=clock.local_text(found.as_of) if found.as_of else None,
        due_at=clock.local_text(found.due_at) if found.due_at else None,
        failure=found.failure,
        by_branch=found.where.by_branch,
        by_stage=found.where.by_stage,
        contactable=msgspec.convert(found.contactable, ContactableView, from_attributes=True),
    )


async def get_audience_overlap(request: Request, query: OverlapQuery, subject: OperatorIdentity) -> AudienceOverlap:
    """What two to five live audiences share."""
    codes = [checked_code(one.strip()) for one in query.codes.split(",")]
    if not 2 <= len(set(codes)) == len(codes) <= _MOST_COMPARED:
        fault = Fault("codes", "audience.codes", f"2 to {_MOST_COMPARED} different ones")
        raise RuleViolated(fault.code, f"请选择 2 至 {_MOST_COMPARED} 个不同的客群", [fault])
    found = await audiences.overlap(subject, codes)
    pairs = [AudiencePair(list(one.codes), one.both, one.share_of_first, one.share_of_second) for one in found.pairs]
    return AudienceOverlap(found.members, found.all, found.any, pairs)


async def freeze_audience(
    request: Request, code: str, body: NewSnapshot | None, subject: OperatorIdentity
) -> SnapshotView:
    """Keep the members as they were worked out last, for audit; nobody can change them any more."""
    made = await audiences.freeze(subject, code, body.note if body else "")
    return (await _views([made]))[0]


async def list_audience_snapshots(
    request: Request, code: str, query: Cursor, subject: OperatorIdentity
) -> Page[SnapshotView]:
    """The frozen copies of an audience, newest first."""
    before, limit = page_bounds(query)
    found = await audiences.snapshots(subject, code, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page(await _views(found[:limit]), following)


async def get_audience_snapshot(
    request: Request, code: str, snapshot_id: str, query: SnapshotQuery, subject: OperatorIdentity
) -> SnapshotDetail:
    """A frozen copy, and whether it has a customer."""
    number = number_or(snapshot_id, NotFound("audience.no_snapshot", "没有这个客群快照"))
    found = await audiences.snapshot(subject, code, number)
    contains = None
    if query.customer_no is not None:
        who = await customers.seen_by(subject, query.customer_no)
        contains = await audiences.snapshot_contains(number, who.id)
    [view] = await _views([found])
    return SnapshotDetail(**msgspec.structs.asdict(view), contains=contains)


async def list_customer_audiences(
    request: Request, customer_no: str, subject: OperatorIdentity
) -> Page[AudienceOfCustomer]:
    """The live audiences a customer is a member of, by code; all of them are on the one page."""
    who = await customers.seen_by(subject, customer_no)
    found = await audiences.of_customer(subject, who.id)
    return Page([AudienceOfCustomer(code, name) for code, name in found.items()])


async def _views(snapshots: list[Snapshot]) -> list[SnapshotView]:
    names = await operators.usernames(one.made_by for one in snapshots)
    return [
        SnapshotView(
            snapshot_id=str(one.id),
            audience=one.code,
            edition=one.edition,
            as_of=clock.local_text(one.as_of),
            members=one.members,
            digest=one.digest,
            note=one.note,
            made_by=names.get(one.made_by, ""),
            made_at=clock.local_text(one.made_at),
        )
        for one in snapshots
    ]


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    tag, one = "audiences", "/audiences/{code}"
    room.route(
        "POST",
        "/audiences/preview",
        tag=tag,
        errors=(422,),
        example=AUDIENCES.example,
        access=access(Scope.MADE, Role.MAKER, Role.CHECKER, changes=False),
    )(preview_audience)
    room.route("GET", "/audiences/overlap", tag=tag, errors=(404, 422), access=access(Scope.ONE))(get_audience_overlap)
    room.route("GET", f"{one}/coverage", tag=tag, errors=(404,), access=access(Scope.ONE))(get_audience_coverage)
    room.route(
        "POST",
        f"{one}/snapshots",
        tag=tag,
        status=201,
        errors=(404, 409),
        example={"note": "双十一投放名单"},
        access=access(Scope.ONE, *MOVERS[Move.SUBMIT]),
    )(freeze_audience)
    room.route("GET", f"{one}/snapshots", tag=tag, errors=(404,), access=access(Scope.ONE))(list_audience_snapshots)
    room.route("GET", f"{one}/snapshots/{{snapshot_id}}", tag=tag, errors=(404,), access=access(Scope.ONE))(
        get_audience_snapshot
    )
    room.route("GET", "/customers/{customer_no}/audiences", tag="customers", errors=(404,), access=access(Scope.ONE))(
        list_customer_audiences
    )
