"""Every call the twins received, for tests and integrators to read; credentials are masked, the rest is fictional."""

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec
from sanic import Request

from kit import clock

KEPT = 10_000
_LONGEST_TEXT = 4_096
_SECRETS = frozenset(
    {"secret", "appsecret", "access_token", "session_key", "js_code", "code", "ticket", "password", "signature"}
)


class Call(msgspec.Struct):
    """A call as it arrived. `status` is None while there is no answer, and for ever where none was given."""

    at: str
    service: str
    method: str
    path: str
    query: dict[str, Any]
    request_no: str | None
    body: Any
    status: int | None = None
    fault: str | None = None


class Journal:
    """The last ten thousand calls, in the order of their arrival."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def arrived(self, service: str, request: Request, fault: str | None) -> Call:
        """Note a call; the entry is completed when it is answered."""
        call = Call(
            at=clock.local_text(clock.now()),
            service=service,
            method=request.method,
            path=request.path,
            query=_masked({name: request.args.get(name) for name in request.args}),
            request_no=request.headers.get("X-Request-No"),
            body=_readable(request.body),
            fault=fault,
        )
        self._calls.append(call)
        return call

    def calls(self, service: str | None, limit: int) -> list[Call]:
        """The last `limit` calls of `service` (None: of all), the oldest first."""
        return [one for one in self._calls if service in (None, one.service)][-limit:]

    def clear(self) -> None:
        """Forget every call."""
        self._calls.clear()


def _readable(body: bytes) -> Any:
    if not body:
        return None
    try:
        return _masked(json.loads(body))
    except (ValueError, RecursionError):
        return body.decode(errors="replace")[:_LONGEST_TEXT]


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: "***" if key.lower() in _SECRETS else _masked(inner) for key, inner in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list) else value
