"""The customers' routes and the guard before them: a bearer token, or the pages' cookie."""

from sanic import Request

from domain.customers import CustomerSubject as Subject
from kit.errors import Forbidden, NotFound, Unauthenticated
from kit.http import Routes

COOKIE = "cardquest_session"
__all__ = ["COOKIE", "Subject", "customer_routes", "number_of", "token_of"]


def token_of(request: Request) -> str:
    """The token of a request. Raises `Unauthenticated`, and `Forbidden` where another site's page sends our cookie."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise Unauthenticated("session.missing", "请先登录")
    if request.method not in ("GET", "HEAD") and request.headers.get("sec-fetch-site") not in (
        None,
        "same-origin",
        "none",
    ):
        raise Forbidden("session.foreign_site", "请从本行页面操作")
    return cookie


async def guard(request: Request) -> Subject:
    """Who is asking."""
    subject: Subject = await request.app.ctx.customer_tokens.verify(token_of(request))
    return subject


def number_of(text: str, error: NotFound) -> int:
    """An id of ours from a path; what cannot be one is not there."""
    if text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63:
        return int(text)
    raise error


customer_routes = Routes("api", "/api/v1", guard)
