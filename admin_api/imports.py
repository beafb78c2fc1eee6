"""Files of operators come in, however long they are."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import coupon_issues
from domain.approvals import MOVERS, Move
from domain.operators import OperatorIdentity
from kit import clock
from kit.errors import NotFound
from kit.http import Routes


class ImportKind(msgspec.Struct, forbid_unknown_fields=True):
    """What stands in the file: an `audience` is a CSV of customer numbers. `name` is for those who approve it."""

    kind: Literal["audience"]
    name: Annotated[str, Meta(min_length=1, max_length=100)] = "audience.csv"


class RowFault(msgspec.Struct):
    """A row (from 1, the header not counted) that was not taken."""

    row: int
    code: Literal["row.too_long", "row.not_utf8", "customer_no.empty", "customer_no.invalid", "customer.not_found"]


class ImportView(msgspec.Struct):
    """What became of a file: `customers` were taken, `duplicates` stood there again; `faults` are the first hundred."""

    import_id: str
    kind: Literal["audience"]
    name: str
    digest: str
    rows: int
    customers: int
    duplicates: int
    faulty: int
    faults: list[RowFault]
    created_at: Instant


async def import_file(request: Request, query: ImportKind, subject: OperatorIdentity) -> ImportView:
    """Take in a file. Faulty rows are listed and refuse no other; of a file that breaks off nothing is kept.

    An audience has the customer numbers in its column `customer_no`, or in the first one if no header names it.
    """
    return _view(await coupon_issues.take_file(subject, query.name, _chunks(request)))


async def get_import(request: Request, import_id: str, subject: OperatorIdentity) -> ImportView:
    """A file that was taken in."""
    number = number_or(import_id, NotFound("import.not_found", "没有这个导入文件"))
    return _view(await coupon_issues.audience_file(subject, number))


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    stream: Any = request.stream
    while chunk := await stream.read():
        yield chunk


def _view(file: coupon_issues.AudienceFile) -> ImportView:
    return ImportView(
        import_id=str(file.id),
        kind="audience",
        name=file.name,
        digest=file.digest,
        rows=file.rows,
        customers=file.customers,
        duplicates=file.duplicates,
        faulty=file.faulty,
        faults=msgspec.convert(file.faults, list[RowFault], from_attributes=True),
        created_at=clock.local_text(file.created_at),
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route(
        "POST",
        "/imports",
        tag="imports",
        status=201,
        errors=(422,),
        streamed="text/csv",
        access=access(Scope.MADE, *MOVERS[Move.SUBMIT]),
    )(import_file)
    room.route("GET", "/imports/{import_id}", tag="imports", errors=(404,), access=access(Scope.ONE))(get_import)
