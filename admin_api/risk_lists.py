"""Who is denied, let through, or watched: lists with lifetimes, the whole house's."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import operators, risk
from domain.operators import OperatorIdentity
from domain.risk import NewEntry
from kit import clock
from kit.errors import NotFound
from kit.http import Answer, Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor


class RiskListEntry(msgspec.Struct):
    """`label` is a customer's number, or what may be seen of a device, an address, an openid; `subject` its digest."""

    entry_id: str
    list: risk.ListName
    kind: risk.SubjectKind
    subject: str
    label: str
    reason: str
    until: Instant
    added_by: str | None
    added_at: Instant


class RiskListFilter(Cursor, forbid_unknown_fields=True):
    """Of one list, of one kind of subject."""

    list: risk.ListName | None = None
    kind: risk.SubjectKind | None = None


class RiskListRemoval(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


async def list_risk_list_entries(
    request: Request, query: RiskListFilter, subject: OperatorIdentity
) -> Page[RiskListEntry]:
    """Entries that hold, newest first."""
    before, limit = page_bounds(query)
    found = await risk.entries(name=query.list, kind=query.kind, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page(await _views(found[:limit]), following)


async def post_risk_list_entry(request: Request, body: NewEntry, subject: OperatorIdentity) -> Answer[RiskListEntry]:
    """Put somebody on a list, at once and in every process. Who stands there already gets the new reason and time
    (200).
    """
    added = await risk.add_to_list(subject, body)
    return Answer((await _views([added.entry]))[0], status=201 if added.created else 200)


async def remove_risk_list_entry(
    request: Request, entry_id: str, body: RiskListRemoval, subject: OperatorIdentity
) -> None:
    """Take somebody off a list, at once."""
    number = number_or(entry_id, NotFound("risk_list.not_found", "名单中没有这一条"))
    await risk.take_off_list(subject, number, body.reason)


async def _views(found: list[risk.Entry]) -> list[RiskListEntry]:
    names = await operators.usernames(one.operator_id for one in found)
    return [
        RiskListEntry(
            entry_id=str(one.id),
            list=one.list,
            kind=one.kind,
            subject=one.subject,
            label=one.label,
            reason=one.reason,
            until=clock.local_text(one.until),
            added_by=names.get(one.operator_id),
            added_at=clock.local_text(one.created_at),
        )
        for one in found
    ]


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    every, tag, changing = "/risk-lists", "risk", access(Scope.HEAD_OFFICE, *risk.ROLES)
    room.route("GET", every, tag=tag, access=access(Scope.HEAD_OFFICE))(list_risk_list_entries)
    room.route(
        "POST",
        every,
        tag=tag,
        status=201,
        also=(200,),
        errors=(404, 422),
        example={
            "list": "deny",
            "kind": "ip",
            "value": "203.0.113.7",
            "reason": "批量抢券",
            "until": "2027-01-01T00:00:00+08:00",
        },
        access=changing,
    )(post_risk_list_entry)
    room.route("POST", f"{every}/{{entry_id}}/remove", tag=tag, status=204, errors=(404,), access=changing)(
        remove_risk_list_entry
    )
