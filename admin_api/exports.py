"""Lists of customers' things as files: asked for, approved, taken."""

import datetime
from collections.abc import Sequence

import msgspec
from sanic import HTTPResponse, Request

from admin_api.configurations import Rejection
from admin_api.guard import Scope, access
from admin_api.shapes import ExactApproval, Instant, number_or
from domain import exports, operators
from domain.approvals import MOVERS, Move
from domain.exports import Export, ExportRequest, ExportState
from domain.operators import OperatorIdentity, Role
from kit import clock, sheets
from kit.errors import NotFound
from kit.http import IDEMPOTENCY_KEY, Answer, Cursor, Page, Routes, page_bounds, request_key
from kit.http.types import next_cursor

_EXAMPLE = {"list": "coupons", "code": "free7", "from": "2026-11-01", "until": "2026-11-30", "reason": "十一月对账"}


class ExportView(msgspec.Struct):
    """What was asked for, how far it is, and until when its file can be taken."""

    export_id: str
    asked: ExportRequest
    content_hash: str
    state: ExportState
    branch: str
    made_by: str | None
    checked_by: str | None
    reject_reason: str | None
    failure: str | None
    rows: int | None
    bytes: int | None
    created_at: Instant
    decided_at: Instant | None
    ready_at: Instant | None
    expires_at: Instant | None


async def make_export(request: Request, body: ExportRequest, subject: OperatorIdentity) -> Answer[ExportView]:
    """Ask for a list of the operator's own customers, or (auditors) of what operators of their branches did. The same
    Idempotency-Key is the same export; nothing is read before it is approved.
    """
    made = await exports.make(subject, body, request_key(request))
    return Answer(await _view(made.export), status=201 if made.created else 200)


async def list_exports(request: Request, query: Cursor, subject: OperatorIdentity) -> Page[ExportView]:
    """Exports of the operator's branch, newest first; head office sees all."""
    before, limit = page_bounds(query)
    found = await exports.list_(subject, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page(await _views(found[:limit]), following)


async def get_export(request: Request, export_id: str, subject: OperatorIdentity) -> ExportView:
    """An export and how far it is."""
    return await _view(await exports.read(subject, _number(export_id)))


async def approve_export(
    request: Request, export_id: str, body: ExactApproval, subject: OperatorIdentity
) -> ExportView:
    """Let the worker make the file. Its maker may not."""
    return await _view(await exports.approve(subject, _number(export_id), body.content_hash))


async def reject_export(request: Request, export_id: str, body: Rejection, subject: OperatorIdentity) -> ExportView:
    """Refuse it; its maker may ask anew."""
    return await _view(await exports.reject(subject, _number(export_id), body.reason))


async def get_export_file(request: Request, export_id: str, subject: OperatorIdentity) -> HTTPResponse:
    """The file, for who asked for it; that it was taken is written down."""
    taken = await exports.download(subject, _number(export_id))
    form = taken.export.asked.format
    headers = {
        "Content-Disposition": f'attachment; filename="export-{taken.export.id}.{form}"',
        "Cache-Control": "no-store",
    }
    return HTTPResponse(taken.content, 200, headers, sheets.XLSX if form == "xlsx" else sheets.CSV)


def _number(text: str) -> int:
    return number_or(text, NotFound("export.not_found", "没有这次导出"))


async def _view(export: Export) -> ExportView:
    return (await _views([export]))[0]


async def _views(found: Sequence[Export]) -> list[ExportView]:
    names = await operators.usernames(who for one in found for who in (one.maker_id, one.checker_id))
    return [_shown(export, names) for export in found]


def _shown(export: Export, names: dict[int | None, str]) -> ExportView:
    return ExportView(
        export_id=str(export.id),
        asked=export.asked,
        content_hash=export.content_hash,
        state=export.state,
        branch=export.branch,
        made_by=names.get(export.maker_id),
        checked_by=names.get(export.checker_id),
        reject_reason=export.reject_reason,
        failure=export.failure,
        rows=export.rows,
        bytes=export.bytes,
        created_at=clock.local_text(export.created_at),
        decided_at=_text(export.decided_at),
        ready_at=_text(export.ready_at),
        expires_at=_text(export.expires_at),
    )


def _text(moment: datetime.datetime | None) -> str | None:
    return clock.local_text(moment) if moment else None


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    every, one, tag = "/exports", "/exports/{export_id}", "exports"
    room.route(
        "POST",
        every,
        tag=tag,
        status=201,
        also=(200,),
        errors=(409, 422),
        headers=(IDEMPOTENCY_KEY,),
        example=_EXAMPLE,
        access=access(Scope.MADE, *MOVERS[Move.SUBMIT], Role.AUDITOR),
    )(make_export)
    room.route("GET", every, tag=tag, access=access(Scope.ROWS))(list_exports)
    room.route("GET", one, tag=tag, errors=(404,), access=access(Scope.ONE))(get_export)
    for move, handler in ((Move.APPROVE, approve_export), (Move.REJECT, reject_export)):
        may = access(Scope.ONE, *MOVERS[move])
        room.route("POST", f"{one}/{move}", tag=tag, errors=(404, 409), access=may)(handler)
    files = (sheets.CSV, sheets.XLSX)
    room.route("GET", f"{one}/file", tag=tag, errors=(403, 404, 409), pictures=files, access=access(Scope.ONE))(
        get_export_file
    )
