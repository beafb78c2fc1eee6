"""Routes of one room: type hints say what comes in and goes out, the layer decodes, checks and encodes."""

import asyncio
import functools
import inspect
import typing
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec
from sanic import HTTPResponse, Request, Sanic
from sanic.cookies.response import Cookie

from kit.errors import BadInput, DomainError, Fault
from kit.http.problems import bad_input

Value = TypeVar("Value")
Endpoint = Callable[..., Coroutine[Any, Any, HTTPResponse]]
Guard = Callable[[Request], Awaitable[Any]]
Admit = Callable[[Request, Any, Any], None]
Refused = Callable[[Request, Any, "Operation", DomainError], None]
_encode = msgspec.json.Encoder().encode
_SAFE = ("GET", "HEAD")
_EMPTY = (204, 302)


class Answer(Generic[Value]):
    """A result with another status than the route's own (a repeat that answers 200), headers or a cookie."""

    def __init__(
        self,
        value: Value,
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        cookie: Cookie | None = None,
    ) -> None:
        self.value, self.status, self.headers, self.cookie = value, status, headers or {}, cookie


@dataclass(frozen=True)
class Operation:
    """One route as the OpenAPI document describes it."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    tag: str
    guarded: bool
    body: Any
    raw: bool
    query: Any
    result: Any
    status: int
    also: tuple[int, ...]
    errors: tuple[int, ...]
    headers: tuple[str, ...]
    media_type: str
    pictures: tuple[str, ...]
    example: Any
    shielded: bool
    streamed: str | None
    access: Any

    @property
    def body_optional(self) -> bool:
        """A handler with `body: X | None` also takes a request without one."""
        return type(None) in typing.get_args(self.body)


@dataclass
class Routes:
    """A room's routes under one prefix. Without `public=True` every route asks `guard` first and gets its result
    as `subject` when the handler has a parameter of that name. With `admit` every such route says by `access` who may
    ask it, and `admit(request, subject, access)` raises where somebody may not. `refused(request, subject, operation,
    error)` hears of every request of somebody known that is refused; it neither waits nor raises.
    """

    name: str
    prefix: str
    guard: Guard | None = None
    admit: Admit | None = None
    refused: Refused | None = None
    operations: list[Operation] = field(default_factory=list)
    _handlers: list[tuple[Operation, Endpoint]] = field(default_factory=list)

    def route(
        self,
        method: str,
        path: str,
        *,
        tag: str,
        status: int = 200,
        also: tuple[int, ...] = (),
        errors: tuple[int, ...] = (),
        headers: tuple[str, ...] = (),
        public: bool = False,
        media_type: str = "application/json",
        pictures: tuple[str, ...] = (),
        example: Any = None,
        raw_body: Any = None,
        shielded: bool = True,
        streamed: str | None = None,
        access: Any = None,
    ) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[Any]]]:
        """Register a handler `async (request, [path parameters], [body], [query], [subject]) -> result`.

        `also`: further success codes. `errors`: the statuses of its refusals. `headers`: those it reads (optional ones
        end with `?`). `pictures`: media types it may answer instead of its result. `example`: a body for the document.
        `raw_body`: what the document shows where the handler reads `request.body` itself, unchecked. `streamed`: media
        type of a body of any length, read from `request.stream`. `shielded=False`: cancelled when the client hangs up.
        `access`: who may ask, in the words of the room's `admit`.
        """

        told = {
            "method": method.lower(),
            "path": self.prefix + path,
            "tag": tag,
            "status": status,
            "also": also,
            "headers": headers,
            "media_type": media_type,
            "pictures": pictures,
            "example": example,
            "shielded": shielded,
            "streamed": streamed,
            "access": access,
        }

        def register(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
            guard, admit = (None, None) if public else self._guards(handler.__name__, access)
            operation = _operation(handler, told, errors, raw_body, guard, admit)
            self.operations.append(operation)
            self._handlers.append((operation, _endpoint(handler, operation, guard, admit, self.refused)))
            return handler

        return register

    def _guards(self, name: str, access: Any) -> tuple[Guard, Admit | None]:
        if self.guard is None:
            raise TypeError(f"{name} has no guard; say public=True if it is meant")
        if self.admit is not None and access is None:
            raise TypeError(f"{name} does not say who may ask: access=")
        return self.guard, self.admit

    def register(self, app: Sanic) -> None:
        """Put all routes on `app`."""
        for operation, endpoint in self._handlers:
            methods = ["GET", "HEAD"] if operation.method == "get" else [operation.method.upper()]
            uri = operation.path.replace("{", "<").replace("}", ":str>")
            name, stream = f"{self.name}_{operation.name}", operation.streamed is not None
            app.add_route(endpoint, uri, methods=methods, name=name, stream=stream)


def _operation(
    handler: Callable[..., Awaitable[Any]],
    told: dict[str, Any],
    errors: tuple[int, ...],
    raw_body: Any,
    guard: Guard | None,
    admit: Admit | None,
) -> Operation:
    """What was told where the handler was registered, and what its signature and docstring say."""
    hints = typing.get_type_hints(handler, include_extras=True)
    summary, _, description = inspect.cleandoc(handler.__doc__ or handler.__name__).partition("\n")
    streamed = told["streamed"] is not None
    reads_input = raw_body or streamed or hints.keys() & {"body", "query"} or "{" in told["path"]
    return Operation(
        **told,
        name=handler.__name__,
        summary=summary.rstrip("."),
        description=description.strip(),
        guarded=guard is not None,
        body=raw_body or hints.get("body"),
        raw=raw_body is not None or streamed,
        query=hints.get("query"),
        result=_result_type(hints.get("return")),
        errors=_refusals(errors, {400: bool(reads_input), 401: guard is not None, 403: admit is not None}),
    )


def _refusals(errors: tuple[int, ...], implied: dict[int, bool]) -> tuple[int, ...]:
    return tuple(sorted({*errors, *(status for status, said in implied.items() if said)}))


def _result_type(hint: Any) -> Any:
    if typing.get_origin(hint) is Answer:
        hint = typing.get_args(hint)[0]
    if HTTPResponse in typing.get_args(hint):
        hint = typing.Union[tuple(one for one in typing.get_args(hint) if one is not HTTPResponse)]  # noqa: UP007
    return None if hint in (None, type(None), HTTPResponse) else hint


def _endpoint(
    handler: Callable[..., Awaitable[Any]],
    operation: Operation,
    guard: Guard | None,
    admit: Admit | None,
    refused: Refused | None,
) -> Endpoint:
    decoded = operation.body is not None and not operation.raw
    decoder = msgspec.json.Decoder(operation.body) if decoded else None
    query_type = operation.query
    wants_subject = "subject" in inspect.signature(handler).parameters

    @functools.wraps(handler)
    async def endpoint(request: Request, **arguments: Any) -> HTTPResponse:
        if guard is None:
            return await answer(request, arguments)
        subject = await guard(request)
        try:
            if admit is not None:
                admit(request, subject, operation.access)
            if wants_subject:
                arguments["subject"] = subject
            return await answer(request, arguments)
        except DomainError as error:
            if refused is not None:
                refused(request, subject, operation, error)
            raise

    async def answer(request: Request, arguments: dict[str, Any]) -> HTTPResponse:
        _refuse_nul(b"" if operation.raw else request.body, request)
        if decoder is not None:
            absent = operation.body_optional and not request.body
            arguments["body"] = None if absent else _decoded(decoder, request.body)
        if query_type is not None:
            arguments["query"] = _query(request, query_type)
        if request.method in _SAFE or not operation.shielded:
            return _response(await handler(request, **arguments), operation)
        # An effect that began is finished even if the client hangs up: the handler is not cancelled with the request.
        running = asyncio.ensure_future(handler(request, **arguments))
        return _response(await asyncio.shield(running), operation)

    return endpoint


def _refuse_nul(body: bytes, request: Request) -> None:
    """PostgreSQL cannot store NUL; refuse it where it comes in rather than fail where it is written."""
    if b"\\u0000" in body or b"\x00" in body:
        raise BadInput(
            "request.invalid",
            "Text may not contain NUL",
            [Fault("", "invalid", "remove the character U+0000")],
        )
    if "%00" in request.query_string or "%00" in request.raw_url.decode("latin-1"):
        raise BadInput("request.invalid", "The address may not contain NUL")


def _decoded(decoder: "msgspec.json.Decoder[Any]", body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_input(error) from None


def _query(request: Request, query_type: Any) -> Any:
    try:
        given = {key: values[-1] for key, values in request.get_args(keep_blank_values=True).items()}
        return msgspec.convert(given, query_type, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise bad_input(error) from None


def _response(result: Any, operation: Operation) -> HTTPResponse:
    if isinstance(result, HTTPResponse):
        return result
    status, headers, cookie = operation.status, {}, None
    if isinstance(result, Answer):
        status, headers, cookie, result = result.status or status, result.headers, result.cookie, result.value
    if result is None:
        response = HTTPResponse(None, status if status in _EMPTY else 204, headers)
    else:
        response = HTTPResponse(_encode(result), status, headers, operation.media_type)
    if cookie is not None:
        response.headers.add("Set-Cookie", str(cookie))
    return response
