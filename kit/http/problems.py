"""Errors as RFC 9457 problem details, each with the trace id of its request."""

import re
from typing import Any

import msgspec
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException

from kit import database, logging
from kit.errors import BadInput, DomainError, Fault, TooOften, Unavailable

log = logging.get("http")
_AT = re.compile(r" - at `(?:key in )?\$?(.*)`$")
_NAMED = re.compile(r"(?:unknown|required) field `([^`]+)`")
MEDIA_TYPE = "application/problem+json"


class ProblemFault(msgspec.Struct):
    """One fault of the input."""

    path: str
    code: str
    detail: str


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457 problem details; `about` is what a program needs to go on, by name."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    trace_id: str
    errors: list[ProblemFault] | None = None
    about: dict[str, str] | None = None


def fault_of(error: Exception) -> Fault:
    """What msgspec complains about, with the path as we write it: `events[0].amount_fen`."""
    text = str(error)
    found = _AT.search(text)
    path = found[1].lstrip(".") if found else ""
    detail = text[: found.start()] if found else text
    named = _NAMED.search(detail)
    if named:
        path = f"{path}.{named[1]}" if path else named[1]
    code = "unknown_field" if "unknown field" in detail else "missing" if "missing required" in detail else "invalid"
    return Fault(path, code, detail)


def bad_input(error: Exception) -> BadInput:
    """The refusal of a request that does not have the documented shape."""
    fault = fault_of(error)
    where = f" at {fault.path}" if fault.path else ""
    return BadInput("request.invalid", f"{fault.detail}{where}", [fault])


def problem_of(request: Request, error: DomainError) -> HTTPResponse:
    """`error` as an answer."""
    faults = [ProblemFault(f.path, f.code, f.detail) for f in error.faults] or None
    body = Problem(
        type=f"urn:cardquest:problem:{error.code}",
        title=error.title,
        status=error.status,
        code=error.code,
        detail=error.message,
        trace_id=trace_of(request),
        errors=faults,
        about=error.about or None,
    )
    headers: dict[str, Any] = {}
    if isinstance(error, (TooOften, Unavailable)):
        headers["Retry-After"] = str(error.details.get("retry_after_seconds", 1))
    return HTTPResponse(msgspec.json.encode(body), error.status, headers, MEDIA_TYPE)


def trace_of(request: Request | None) -> str:
    """The trace id given to this request when it arrived."""
    return getattr(request.ctx, "trace_id", "") if request is not None else ""


class _Refused(DomainError):
    """What Sanic itself refuses: no such path, wrong method, too large."""


_CODES = {404: "http.not_found", 405: "http.method_not_allowed", 413: "http.too_large", 408: "http.timeout"}


def install_problems(app: Sanic) -> None:
    """Make every error of `app` a problem document; unexpected ones are logged with their trace id."""

    @app.exception(Exception)
    async def on_error(request: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, DomainError):
            return problem_of(request, error)
        if isinstance(error, SanicException) and error.status_code < 500:
            refused = _Refused(_CODES.get(error.status_code, f"http.{error.status_code}"), str(error))
            response = problem_of(request, _with_status(refused, error.status_code))
            response.headers.update(error.headers or {})
            return response
        if isinstance(error, database.UNREACHABLE):
            log.warning("database.unreachable", path=request.path, error=repr(error))
            return problem_of(request, Unavailable("database.unreachable", "系统暂时不可用，请稍后再试"))
        log.error("request.failed", path=request.path, method=request.method, exc_info=error)
        return problem_of(request, DomainError("internal", "Something went wrong on our side"))


def _with_status(error: DomainError, status: int) -> DomainError:
    kind = type("Refused", (_Refused,), {"status": status, "title": "Refused"})
    refused: DomainError = kind(error.code, error.message)
    return refused
