"""The request header that makes a repeated request the same request."""

from sanic import Request

from kit.errors import BadInput, Fault

IDEMPOTENCY_KEY = "Idempotency-Key"


def request_key(request: Request) -> str:
    """What the client calls this request. Raises `BadInput` with the header's name as the path."""
    key = request_key_if_any(request) if request.headers.get(IDEMPOTENCY_KEY) else None
    if key is None:
        raise _refused("missing", f"缺少请求头 {IDEMPOTENCY_KEY}")
    return key


def request_key_if_any(request: Request) -> str | None:
    """The same; None where it has none. Raises `BadInput` for what cannot be one."""
    key: str | None = request.headers.get(IDEMPOTENCY_KEY)
    if key is None or (1 <= len(key) <= 80 and key.isascii() and key.isprintable()):
        return key
    raise _refused("invalid", f"请求头 {IDEMPOTENCY_KEY} 无效")


def _refused(code: str, text: str) -> BadInput:
    fault = Fault(IDEMPOTENCY_KEY, code, "a header of 1 to 80 printable ASCII characters")
    return BadInput("request.invalid", text, [fault])
