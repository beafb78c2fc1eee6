"""What demos and tests tell WeChat's twin: who signs in, what its users do, which callbacks come."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from channels.wechat.sandbox_apps import ACCOUNT, MINI, Person, twin_of
from kit.http import Routes

routes = Routes("wechat_control", "/control/wechat")
Short = Annotated[str, Meta(min_length=1, max_length=64)]
_APPS = {"mini": MINI, "h5": ACCOUNT}


class CodeWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Who logs in through WeChat; with `phone` the code is good for the phone number too. The rest is for `h5`."""

    openid: Short
    app: Literal["mini", "h5"] = "mini"
    phone: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    unionid: Short | None = None
    nickname: Short = "微信用户"
    scope: Literal["snsapi_base", "snsapi_userinfo"] = "snsapi_base"
    snapshot: bool = False


class CodeMade(msgspec.Struct):
    """A login code, good for five minutes and once."""

    code: str


class Visitor(msgspec.Struct, forbid_unknown_fields=True):
    """Whose phone opens the next pages; with `openid` null each browser is somebody of its own."""

    openid: Short | None = None
    unionid: Short | None = None
    nickname: Short = "微信用户"
    snapshot: bool = False


@routes.route("POST", "/codes", tag="wechat", status=201, public=True)
async def make_code(request: Request, body: CodeWanted) -> CodeMade:
    """A login code for a WeChat user."""
    person = Person(body.openid, body.unionid, body.nickname, body.snapshot)
    return CodeMade(twin_of(request).new_code(person, _APPS[body.app], body.phone, body.scope))


@routes.route("POST", "/visitor", tag="wechat", public=True)
async def choose_visitor(request: Request, body: Visitor) -> Visitor:
    """Choose who comes to the authorize page."""
    twin_of(request).visitor = (
        None if body.openid is None else Person(body.openid, body.unionid, body.nickname, body.snapshot)
    )
    return body


@routes.route("DELETE", "/tokens", tag="wechat", status=204, public=True)
async def invalidate_tokens(request: Request) -> None:
    """Every token that was lent is void from now on, as if somebody else had forced a new one."""
    for app in twin_of(request).apps.values():
        app.token.value(renew=True)
