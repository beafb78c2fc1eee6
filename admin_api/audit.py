"""The audit trail, for auditors."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import audit, operators
from domain.audit import AuditEntry, Filter
from domain.operators import OperatorIdentity, Role
from kit import clock
from kit.errors import BadInput, Fault
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

Word = Annotated[str, Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, Meta(tz=True)]


class AuditFilter(Cursor, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What is left out does not narrow. `action` and `subject` also match what lies below them; `until` itself is
    outside.
    """

    operator: Word | None = None
    action: Word | None = None
    subject: Word | None = None
    from_: Moment | None = None
    until: Moment | None = None
    branch: Word | None = None


class AuditExport(msgspec.Struct, forbid_unknown_fields=True, rename={"from_": "from"}):
    """As for the list."""

    operator: Word | None = None
    action: Word | None = None
    subject: Word | None = None
    from_: Moment | None = None
    until: Moment | None = None
    branch: Word | None = None


class AuditLine(msgspec.Struct):
    """An act; `hash` covers it and `previous_hash`, that of the entry before."""

    number: int
    at: Instant
    operator: str
    branch: str
    action: str
    subject: str
    detail: dict[str, Any]
    previous_hash: str
    hash: str


class KnownHead(msgspec.Struct, forbid_unknown_fields=True):
    """A head of the trail that was kept elsewhere, as in the log event `audit.anchored` or an export."""

    number: Annotated[int, Meta(ge=1)]
    hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class AuditBreak(msgspec.Struct):
    """A place where the trail is not what was written."""

    number: int
    kind: Literal["altered", "missing", "relinked", "cut_off", "rewritten", "forged_anchor"]
    detail: str


class AuditVerification(msgspec.Struct):
    """`breaks` has the first hundred of `broken`, and none when all is well."""

    intact: bool
    entries: int
    anchors: int
    head_number: int
    head_hash: str
    broken: int
    breaks: list[AuditBreak]


async def list_audit(request: Request, query: AuditFilter, subject: OperatorIdentity) -> Page[AuditLine]:
    """What operators of the auditor's branches did, newest first."""
    before, limit = page_bounds(query)
    found = await audit.list_(subject.within, _filter(query), before, limit + 1)
    following = next_cursor(found, limit, lambda one: one.number)
    return Page([_line(one) for one in found[:limit]], following)


async def export_audit(request: Request, query: AuditExport, subject: OperatorIdentity) -> None:
    """The same as JSON lines, oldest first, however many they are. Exporting is an act of its own.

    `detail` is the very text that was hashed and `at` has its microseconds, so that every `hash` can be computed anew:
    SHA-256 of the JSON array of the other fields in their order.
    """
    by = _filter(query)
    await operators.export_trail(subject, _said(query))
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="audit.jsonl"'}
    response = await request.respond(content_type="application/x-ndjson", headers=headers)
    async for some in audit.stream(subject.within, by):
        await response.send(b"".join(map(audit.line_of, some)))
    await response.eof()


async def verify_audit(request: Request, body: KnownHead | None, subject: OperatorIdentity) -> AuditVerification:
    """Hold the whole trail against its hashes, its anchors and, if given, a head that was kept elsewhere.

    Finds entries that were altered, removed, inserted, reordered or cut off the end.
    """
    known = (body.number, body.hash) if body else None
    found = await operators.verify_trail(subject, known)
    return AuditVerification(
        intact=not found.broken,
        entries=found.entries,
        anchors=found.anchors,
        head_number=found.head_number,
        head_hash=found.head_hash,
        broken=found.broken,
        breaks=[AuditBreak(one.number, one.kind, one.detail) for one in found.breaks],
    )


def _filter(query: AuditFilter | AuditExport) -> Filter:
    for path, moment in (("from", query.from_), ("until", query.until)):
        if moment is not None and not 2000 <= moment.year < 9000:
            detail = "a moment of the years 2000 to 8999"
            raise BadInput("request.invalid", f"{detail} at {path}", [Fault(path, "invalid", detail)])
    return Filter(query.operator, query.action, query.subject, query.from_, query.until, query.branch)


def _said(query: AuditExport) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(query).items() if value is not None}


def _line(one: AuditEntry) -> AuditLine:
    return AuditLine(
        one.number,
        clock.local_text(one.at),
        one.operator,
        one.branch,
        one.action,
        one.subject,
        msgspec.json.decode(one.detail),
        one.previous_hash,
        one.hash,
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    rows, lines = access(Scope.ROWS, Role.AUDITOR), "application/x-ndjson"
    room.route("GET", "/audit", tag="audit", access=rows)(list_audit)
    room.route("GET", "/audit/export", tag="audit", media_type=lines, access=rows)(export_audit)
    room.route("POST", "/audit/verification", tag="audit", access=access(Scope.HEAD_OFFICE, Role.AUDITOR))(verify_audit)
