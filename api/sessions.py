"""Signing in and out."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request
from sanic.cookies.response import Cookie

from api.me import Me, me_of
from api.origin import DEVICE, gate_of, origin_of
from api.routes import COOKIE, Subject, customer_routes
from api.wechat_pages import browser_of
from domain import customers
from domain.customers import SignedIn
from kit.errors import BadInput, Fault
from kit.http import Answer

Secret = Annotated[str, Meta(min_length=1, max_length=4096)]


class NewSession(msgspec.Struct, forbid_unknown_fields=True):
    """A ticket of the bank's app or a one-time code that stands for one, or a login code of WeChat; in its browser also
    the state that went there.

    `come_back`: whose account was deleted begins anew.
    """

    channel: Literal["bank_app", "wechat_mini", "wechat_h5"]
    ticket: Secret | None = None
    code: Secret | None = None
    state: Secret | None = None
    come_back: bool = False


class Session(msgspec.Struct):
    """The bearer token, until when it holds, and whose it is. Browsers also get it as a cookie.

    `page` is the one a browser asked for before it went to WeChat.
    """

    token: str
    expires_at: datetime
    customer: Me
    page: str | None = None


@customer_routes.route(
    "POST",
    "/sessions",
    tag="session",
    status=201,
    errors=(401, 403, 409, 429, 503),
    headers=(DEVICE,),
    public=True,
    example={"channel": "bank_app", "ticket": "eyJhbGciOiJSUzI1NiJ9…"},
)
async def sign_in(request: Request, body: NewSession) -> Answer[Session]:
    """Sign in."""
    hours, gate = request.app.ctx.settings.session_hours, gate_of("sign_in", origin_of(request, channel=body.channel))
    page = None
    if body.channel == "bank_app":
        if body.ticket is None and body.code is not None:
            ticket = await customers.ticket_of(body.code)
        else:
            ticket = _given(body.ticket, "ticket")
        signed_in = await customers.sign_in_by_ticket(ticket, hours, come_back=body.come_back, gate=gate)
    else:
        code = _given(body.code, "code")
        if body.channel == "wechat_h5":
            page = await customers.return_from_wechat(_given(body.state, "state"), browser_of(request))
        signed_in = await customers.sign_in_by_wechat(body.channel, code, hours, gate=gate)
    return await session_answer(request, signed_in, page)


@customer_routes.route("DELETE", "/sessions/current", tag="session", status=204)
async def sign_out(request: Request, subject: Subject) -> Answer[None]:
    """Sign out: the token stops working in every process at once."""
    await customers.end_session(subject.session_id)
    request.app.ctx.customer_tokens.forget(subject.session_id)
    return Answer(None, status=204, cookie=no_cookie(request))


def no_cookie(request: Request) -> Cookie:
    """Makes a browser forget the session."""
    return _cookie(request, "", 0)


async def session_answer(request: Request, signed_in: SignedIn, page: str | None = None) -> Answer[Session]:
    """The token of a session that was opened, in the body and as a cookie scripts cannot read."""
    token = request.app.ctx.customer_tokens.issue(
        str(signed_in.customer_id), signed_in.session_id, signed_in.expires_at
    )
    session = Session(token, signed_in.expires_at, await me_of(signed_in.customer_id), page)
    return Answer(session, cookie=_cookie(request, token, request.app.ctx.settings.session_hours * 3600))


def _cookie(request: Request, token: str, seconds: int) -> Cookie:
    secure = request.app.ctx.settings.cookie_secure
    return Cookie(COOKIE, token, path="/api/", max_age=seconds, secure=secure, httponly=True, samesite="Lax")


def _given(value: str | None, field: str) -> str:
    if value is None:
        fault = Fault(field, "missing", f"this channel signs in by {field}")
        raise BadInput("request.invalid", f"{field} is missing", [fault])
    return value
