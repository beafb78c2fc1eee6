"""Files of operators come in, however long they are."""

import math
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import audiences, coupon_issues, imports
from domain.approvals import MOVERS, Move
from domain.imports import ImportFile
from domain.operators import OperatorIdentity
from kit import clock, sheets
from kit.errors import NotFound
from kit.http import Answer, Code, Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

_SHOWN = 100
AnyKind = Literal[
    "audience", "customers", "benefit_codes", "events", "tags", "audience_members", "white_list", "risk_lists"
]


class ImportKind(msgspec.Struct, forbid_unknown_fields=True):
    """What stands in the file. All are CSV (UTF-8 or GB18030) or XLSX. An `audience` is customer numbers, taken in at
    once; `name` is for those who approve it. The others stand below a row of column names and are taken in by the
    worker; `target` is the benefit of `benefit_codes`, the tag of `tags`, the campaign of a `white_list`, the list
    (deny, allow, watch) of `risk_lists`, the audience of `audience_members`, to which `mode` adds its customers, or
    removes them, or replaces all by them. A dry run says what would be wrong and changes nothing.
    """

    kind: AnyKind
    name: Annotated[str, Meta(min_length=1, max_length=100)] = "audience.csv"
    target: Code | None = None
    dry_run: bool = False
    mode: audiences.Mode | None = None


class ImportFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` imports in every state."""

    state: imports.ImportState | None = None


class RowFault(msgspec.Struct, omit_defaults=True):
    """A row (from 1, the header not counted) that was not taken; the column and what would be right, where known."""

    row: int
    code: str
    path: str = ""
    detail: str = ""


class ImportView(msgspec.Struct, kw_only=True):
    """How far a file has come. Of its `rows` `accepted` took effect, `duplicates` said nothing new; `faults` are the
    first hundred, all of them at `/faults`. `customers` are those of an audience. `refusal` says why a file could not
    be read at all. `done` rows were decided, `per_second` in a second of work, and the rest takes about `seconds_left`.
    A step that failed is tried again at `retry_at`; `failure` says what it failed of at last.
    """

    import_id: str
    kind: AnyKind
    name: str
    target: str | None = None
    dry_run: bool = False
    digest: str
    state: imports.ImportState
    refusal: str | None = None
    rows: int
    accepted: int
    customers: int | None = None
    duplicates: int
    faulty: int
    done: int
    per_second: int | None = None
    seconds_left: int | None = None
    attempts: int = 0
    retry_at: Instant | None = None
    failure: str | None = None
    faults: list[RowFault]
    created_at: Instant
    closed_at: Instant | None


async def import_file(request: Request, query: ImportKind, subject: OperatorIdentity) -> Answer[ImportView]:
    """Take in a file. Faulty rows are listed and refuse no other; of a file that breaks off nothing is kept.

    An audience has the customer numbers in its column `customer_no`, or in the first one if no header names it. Any
    other file is received, and the worker takes its rows; the same file again is the same import (200).
    """
    if query.kind == "audience":
        return Answer(_audience(await coupon_issues.take_file(subject, query.name, _chunks(request))))
    received = await imports.receive(
        subject, query.kind, query.target, query.name, query.dry_run, _chunks(request), query.mode
    )
    return Answer(_view(received.file, []), status=201 if received.created else 200)


async def list_imports(request: Request, query: ImportFilter, subject: OperatorIdentity) -> Page[ImportView]:
    """Files the worker takes in, newest first, without their faults; of the operator's branch, head office sees all."""
    before, limit = page_bounds(query)
    found = await imports.list_(subject, state=query.state, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page([_view(file, []) for file in found[:limit]], following)


async def get_import(request: Request, import_id: str, subject: OperatorIdentity) -> ImportView:
    """A file and how far it has come."""
    number = _number(import_id)
    try:
        file = await imports.read(subject, number)
    except NotFound:
        return _audience(await coupon_issues.audience_file(subject, number))
    return _view(file, await imports.faults(subject, number, _SHOWN))


async def get_import_faults(request: Request, import_id: str, subject: OperatorIdentity) -> HTTPResponse:
    """Every faulty row as CSV: its number, the column, what is wrong, what would be right."""
    found = await imports.faults(subject, _number(import_id))
    rows = [("row", "path", "code", "expected"), *((one.row, one.path, one.code, one.detail) for one in found)]
    headers = {"Content-Disposition": f'attachment; filename="import-{_number(import_id)}-faults.csv"'}
    return HTTPResponse(sheets.BOM + sheets.csv_text(rows), 200, headers, sheets.CSV)


async def cancel_import(request: Request, import_id: str, subject: OperatorIdentity) -> ImportView:
    """Give the rest up; what was taken stays."""
    return _view(await imports.cancel(subject, _number(import_id)), [])


async def resume_import(request: Request, import_id: str, subject: OperatorIdentity) -> ImportView:
    """Let one that failed go on with the rows it failed at."""
    return _view(await imports.resume(subject, _number(import_id)), [])


def _number(text: str) -> int:
    return number_or(text, NotFound("import.not_found", "没有这个导入文件"))


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    stream: Any = request.stream
    while chunk := await stream.read():
        yield chunk


def _view(file: ImportFile, faults: list[imports.RowFault]) -> ImportView:
    return ImportView(
        import_id=str(file.id),
        kind=file.kind,
        name=file.name,
        target=file.target.partition("/")[0] or None,
        dry_run=file.dry_run,
        digest=file.digest,
        state=file.state,
        refusal=file.refusal,
        rows=file.rows,
        accepted=file.accepted,
        duplicates=file.duplicates,
        faulty=file.faulty,
        done=file.done,
        per_second=None if file.per_second is None else round(file.per_second),
        seconds_left=None if file.seconds_left is None else math.ceil(file.seconds_left),
        attempts=file.attempts,
        retry_at=clock.local_text(file.retry_at) if file.retry_at else None,
        failure=file.failure,
        faults=[RowFault(one.row, one.code, one.path, one.detail) for one in faults],
        created_at=clock.local_text(file.created_at),
        closed_at=clock.local_text(file.closed_at) if file.closed_at else None,
    )


def _audience(file: coupon_issues.AudienceFile) -> ImportView:
    return ImportView(
        import_id=str(file.id),
        kind="audience",
        name=file.name,
        digest=file.digest,
        state=imports.ImportState.DONE,
        rows=file.rows,
        accepted=file.customers,
        customers=file.customers,
        duplicates=file.duplicates,
        faulty=file.faulty,
        done=file.rows,
        faults=[RowFault(one.row, one.code) for one in file.faults],
        created_at=clock.local_text(file.created_at),
        closed_at=clock.local_text(file.created_at),
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    every, one, tag = "/imports", "/imports/{import_id}", "imports"
    makers = MOVERS[Move.SUBMIT]
    room.route(
        "POST",
        every,
        tag=tag,
        status=201,
        also=(200,),
        errors=(404, 409, 422),
        streamed="text/csv",
        access=access(Scope.MADE, *makers),
    )(import_file)
    room.route("GET", every, tag=tag, access=access(Scope.ROWS))(list_imports)
    room.route("GET", one, tag=tag, errors=(404,), access=access(Scope.ONE))(get_import)
    room.route("GET", f"{one}/faults", tag=tag, errors=(404,), pictures=(sheets.CSV,), access=access(Scope.ONE))(
        get_import_faults
    )
    for verb, handler in (("cancel", cancel_import), ("resume", resume_import)):
        may = access(Scope.ONE, *makers)
        room.route("POST", f"{one}/{verb}", tag=tag, errors=(404, 409), access=may)(handler)
