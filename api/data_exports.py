"""Everything we hold about the customer, in a file for them."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from sanic import HTTPResponse, Request

from api.routes import Subject, customer_routes, number_of
from domain import personal_data
from kit.errors import NotFound
from kit.http import Answer


class DataExport(msgspec.Struct):
    """One file: `waiting` until the worker has written it, `ready` for seven days, then `expired`."""

    export_id: str
    state: Literal["waiting", "ready", "expired"]
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    bytes: int | None


class DataExportList(msgspec.Struct):
    """Newest first."""

    items: list[DataExport]


@customer_routes.route("POST", "/data-exports", tag="customer", status=201, also=(200,))
async def request_data_export(request: Request, subject: Subject) -> Answer[DataExport]:
    """Ask for everything we hold about this customer; there is one file a day, asking again gives the same."""
    export, fresh = await personal_data.request_export(subject.customer_id)
    return Answer(_shown(export), status=201 if fresh else 200)


@customer_routes.route("GET", "/data-exports", tag="customer")
async def list_data_exports(request: Request, subject: Subject) -> DataExportList:
    """This customer's files."""
    return DataExportList([_shown(export) for export in await personal_data.exports_of(subject.customer_id)])


@customer_routes.route("GET", "/data-exports/{export_id}/file", tag="customer", errors=(404, 409))
async def download_data_export(request: Request, export_id: str, subject: Subject) -> dict[str, Any] | HTTPResponse:
    """Download a file."""
    wanted = number_of(export_id, NotFound("export.not_found", "没有这份导出文件"))
    text = await personal_data.export_file(subject.customer_id, wanted)
    headers = {
        "Content-Disposition": f'attachment; filename="cardquest-{wanted}.json"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HTTPResponse(text, 200, headers, "application/json")


def _shown(export: personal_data.Export) -> DataExport:
    return DataExport(
        str(export.id),
        export.state,  # type: ignore[arg-type]  # the column holds nothing else
        export.requested_at,
        export.ready_at,
        export.expires_at,
        export.bytes,
    )
