"""Shapes that several resources of this room share."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from kit.errors import BadInput, Fault, NotFound

KEY = "Idempotency-Key"


class ExactApproval(msgspec.Struct, forbid_unknown_fields=True):
    """`content_hash` as the checker has read it; another content is refused (`approval.content_changed`)."""

    content_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


Instant = Annotated[str, Meta(description="RFC 3339", extra_json_schema={"format": "date-time"})]


def number_or(text: str, error: NotFound) -> int:
    """An id of ours from a path; what cannot be one is not there."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    raise error


def request_key(request: Request) -> str:
    """The `Idempotency-Key` of a request. Raises `BadInput`."""
    key: str = request.headers.get(KEY, "")
    if not (1 <= len(key) <= 80 and key.isascii() and key.isprintable()):
        fault = Fault(KEY, "invalid" if key else "missing", "a header of 1 to 80 printable ASCII characters")
        raise BadInput("request.invalid", f"缺少有效的请求头 {KEY}", [fault])
    return key
