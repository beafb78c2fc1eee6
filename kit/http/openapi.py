"""OpenAPI 3.1 from the very structs that decode and encode."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from kit.http.problems import MEDIA_TYPE, Problem
from kit.http.routes import Operation

_MEANING = {
    400: "Malformed request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict with the present state",
    422: "Against a rule of the business",
    429: "Too often",
    503: "Unavailable, try again",
}
_SUCCESS = {200: "OK", 201: "Created", 202: "Accepted", 204: "Done", 302: "Go on there"}


def document(
    title: str, version: str, description: str, operations: Iterable[Operation], *, cookie: str | None
) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `operations`; `cookie` names the session cookie accepted beside the bearer token."""
    listed = list(operations)
    types = {repr(t): t for o in listed for t in (o.body, o.query, o.result) if t is not None} | {
        repr(Problem): Problem
    }
    schemas, components = msgspec.json.schema_components(
        list(types.values()), ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation, schema_of, components, cookie)
    schemes: dict[str, Any] = {"bearer": {"type": "http", "scheme": "bearer"}}
    if cookie:
        schemes["cookie"] = {"type": "apiKey", "in": "cookie", "name": cookie}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": schemes},
    }


def _describe(
    operation: Operation, schema_of: dict[str, Any], components: dict[str, Any], cookie: str | None
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [
            *_path_parameters(operation),
            *_query_parameters(operation, schema_of, components),
            *_headers(operation),
        ],
        "responses": _responses(operation, schema_of),
    }
    if operation.description:
        described["description"] = operation.description
    if operation.guarded:
        described["security"] = [{"bearer": []}, *([{"cookie": []}] if cookie else [])]
    if operation.body is not None:
        content: dict[str, Any] = {"schema": schema_of[repr(operation.body)]}
        if operation.example is not None:
            content["example"] = operation.example
        described["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": content},
        }
    if operation.streamed is not None:
        described["requestBody"] = {"required": True, "content": {operation.streamed: {"schema": {"type": "string"}}}}
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", operation.path)
    return [{"name": n, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for n in names]


def _query_parameters(
    operation: Operation, schema_of: dict[str, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = components[schema_of[repr(operation.query)]["$ref"].rsplit("/", 1)[1]]
    required = schema.get("required", [])
    return [{"name": n, "in": "query", "required": n in required, "schema": s} for n, s in schema["properties"].items()]


def _headers(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": n.rstrip("?"),
            "in": "header",
            "required": not n.endswith("?"),
            "schema": {"type": "string", "minLength": 1},
        }
        for n in operation.headers
    ]


def _responses(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status in (operation.status, *operation.also):
        answers[str(status)] = {"description": _SUCCESS[status]}
        content: dict[str, Any] = {media_type: {"schema": {"type": "string"}} for media_type in operation.pictures}
        if operation.result is not None:
            content = {operation.media_type: {"schema": schema_of[repr(operation.result)]}, **content}
        if content and status != 204:
            answers[str(status)]["content"] = content
    problem = {MEDIA_TYPE: {"schema": schema_of[repr(Problem)]}}
    for status in operation.errors:
        answers[str(status)] = {"description": _MEANING[status], "content": problem}
    return answers
