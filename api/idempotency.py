"""The request header that makes a repeated request the same request."""

from sanic import Request

from kit.errors import BadInput, Fault

IDEMPOTENCY_KEY = "Idempotency-Key"


def idempotency_key(request: Request) -> str:
    """What the client calls this request. Raises `BadInput` with the header's name as the path."""
    key: str = request.headers.get(IDEMPOTENCY_KEY, "")
    if not (1 <= len(key) <= 80 and key.isascii() and key.isprintable()):
        code = "invalid" if key else "missing"
        fault = Fault(IDEMPOTENCY_KEY, code, "a header of 1 to 80 printable ASCII characters")
        raise BadInput("request.invalid", f"缺少有效的请求头 {IDEMPOTENCY_KEY}", [fault])
    return key
