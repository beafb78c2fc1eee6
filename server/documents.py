"""The OpenAPI documents, and a page to read and try them that asks no other host."""

from collections.abc import Sequence
from importlib.metadata import version

import msgspec
from sanic import HTTPResponse, Request, Sanic
from sanic.response import html

from api.routes import COOKIE
from kit.http import Operation, document

CUSTOMER_TEXT = "Customers' resources, and what partners send. Errors are RFC 9457 problem details with a trace id."
ADMIN_TEXT = "Operators' resources. Errors are RFC 9457 problem details with a trace id."
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cardquest API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/h5/docs/swagger-ui.css"></head>
<body><div id="reader"></div><script src="/h5/docs/swagger-ui-bundle.js"></script>
<script src="/h5/docs/swagger-ui-standalone-preset.js"></script>
<script src="/h5/docs/start.js"></script></body></html>"""


def customer_document(operations: Sequence[Operation]) -> dict[str, object]:
    """OpenAPI 3.1 of what customers and partners call."""
    return document("Cardquest", version("cardquest"), CUSTOMER_TEXT, operations, cookie=COOKIE)


def admin_document(operations: Sequence[Operation]) -> dict[str, object]:
    """OpenAPI 3.1 of what operators call."""
    return document("Cardquest admin", version("cardquest"), ADMIN_TEXT, operations, cookie=None)


def serve(app: Sanic, customer: Sequence[Operation], admin: Sequence[Operation]) -> None:
    """`/openapi.json`, `/admin/openapi.json` and `/docs`."""
    bodies = {
        "/openapi.json": msgspec.json.encode(customer_document(customer)),
        "/admin/openapi.json": msgspec.json.encode(admin_document(admin)),
    }
    for path, body in bodies.items():
        _serve_document(app, path, body)

    @app.get("/docs", name="docs")
    async def docs(_request: Request) -> HTTPResponse:
        return html(_PAGE)


def _serve_document(app: Sanic, path: str, body: bytes) -> None:
    async def answer(_request: Request) -> HTTPResponse:
        return HTTPResponse(body, 200, content_type="application/json")

    app.add_route(answer, path, methods=["GET", "HEAD"], name=path.strip("/").replace("/", "_").replace(".", "_"))
