"""Pages inside WeChat's browser: signing in through WeChat, and what its JavaScript needs."""

from typing import Annotated, Literal
from urllib.parse import urldefrag, urlsplit

import msgspec
from msgspec import Meta
from sanic import Request
from sanic.cookies.response import Cookie

from api.routes import Subject, customer_routes
from domain import customers, ports
from domain.customers import STATE_LIVES
from kit.errors import BadInput, Fault, Unavailable
from kit.http import Answer

BROWSER = "cardquest_browser"
OwnPage = Annotated[
    str,
    Meta(
        pattern=r"^/(?!/)[A-Za-z0-9/_.~?=&%-]*\Z", max_length=200, description="A page of ours, from the root of `/h5`"
    ),
]


class WayToWeChat(msgspec.Struct, forbid_unknown_fields=True):
    """Where to go on afterwards; `userinfo` asks the person, `base` does not."""

    page: OwnPage = "/tasks"
    scope: Literal["base", "userinfo"] = "base"


class PageAddress(msgspec.Struct, forbid_unknown_fields=True):
    """The page that wants to use WeChat's JavaScript, as its browser shows it."""

    url: Annotated[str, Meta(min_length=1, max_length=2000)]


class JsSdkConfig(msgspec.Struct):
    """What `wx.config` takes."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


@customer_routes.route("GET", "/wechat-h5/authorization", tag="session", status=302, public=True)
async def go_to_wechat(request: Request, query: WayToWeChat) -> Answer[None]:
    """Send the browser to WeChat to sign in.

    It comes back to `/h5/sign-in` with a code and a state for `POST /sessions`. The state works once, for ten minutes,
    and only in this browser.
    """
    back_to = f"{request.app.ctx.settings.public_url.rstrip('/')}/h5/sign-in"
    departure = await customers.leave_for_wechat(query.page, query.scope, browser_of(request), back_to)
    cookie = Cookie(
        BROWSER,
        departure.browser,
        path="/api/",
        max_age=int(STATE_LIVES.total_seconds()),
        secure=request.app.ctx.settings.cookie_secure,
        httponly=True,
        samesite="Lax",
    )
    headers = {"Location": departure.address, "Cache-Control": "no-store"}
    return Answer(None, status=302, headers=headers, cookie=cookie)


@customer_routes.route("GET", "/js-sdk-config", tag="session", errors=(503,))
async def read_js_sdk_config(request: Request, query: PageAddress, subject: Subject) -> JsSdkConfig:
    """Sign a page of ours for WeChat's JavaScript."""
    address, _ = urldefrag(query.url)
    if not _is_ours(address, request.app.ctx.settings.public_url):
        fault = Fault("url", "invalid", "an address of our own pages")
        raise BadInput("request.invalid", "Only our own pages are signed", [fault])
    try:
        config = await ports.get().wechat.js_sdk(address)
    except (ports.NoAnswer, ports.Refused):
        raise Unavailable("wechat.no_answer", "微信暂时没有应答，请稍后再试") from None
    return JsSdkConfig(config.app_id, config.timestamp, config.nonce, config.signature)


def browser_of(request: Request) -> str | None:
    """The secret this browser took along to WeChat, if it did."""
    secret: str | None = request.cookies.get(BROWSER)
    return secret if secret and len(secret) <= 64 else None


def _is_ours(address: str, public_url: str) -> bool:
    try:
        asked, ours = urlsplit(address), urlsplit(public_url)
    except ValueError:
        return False
    return (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc) and asked.path.startswith("/h5/")
