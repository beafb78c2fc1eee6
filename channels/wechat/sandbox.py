"""WeChat's twin: signing in, tokens and tickets, answered as WeChat does."""

import html
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import html as page
from sanic.response import json as answer
from sanic.response import redirect

from channels.wechat.sandbox_apps import ACCOUNT, MINI, LoginCode, Person, TwinApp, body_of, twin_of
from channels.wechat.sandbox_people import error

blueprint = Blueprint("wechat_twin", url_prefix="/wechat")
_COOKIE = "wechat_twin_openid"
_SCOPES = ("snsapi_base", "snsapi_userinfo")
_STYLE = "body{font:16px/1.6 system-ui;text-align:center;padding:3rem 1rem}a{display:inline-block;padding:.8rem 2rem}"


@blueprint.get("/sns/jscode2session")
async def code_to_session(request: Request) -> HTTPResponse:
    """Who a mini-program's login code belongs to."""
    used = _used(request, MINI, "js_code")
    if isinstance(used, dict):
        return answer(used)
    return answer(_named(used.person) | {"session_key": secrets.token_urlsafe(16)})


@blueprint.get("/connect/oauth2/authorize")
async def authorize(request: Request) -> HTTPResponse:
    """The page a phone is sent to for a login code; back it comes at once, or (for a profile) after a tap.

    The visitor is who `/control/wechat/visitor` named, else whom this browser has been before, else somebody new.
    """
    twin, back = twin_of(request), request.args.get("redirect_uri", "")
    scope, state = request.args.get("scope"), request.args.get("state", "")
    if request.args.get("appid") != twin.apps[ACCOUNT].app_id and twin.apps[ACCOUNT].app_id is not None:
        return _refused_page("Scope 参数错误或没有 Scope 权限", 10005)
    if scope not in _SCOPES or request.args.get("response_type") != "code":
        return _refused_page("Scope 参数错误或没有 Scope 权限", 10005)
    if urlsplit(back).scheme not in ("http", "https") or twin.allowed_host not in (None, urlsplit(back).hostname):
        return _refused_page("redirect_uri域名与后台配置不一致", 10003)
    person = twin.visitor or Person(request.cookies.get(_COOKIE) or f"o_{secrets.token_urlsafe(12)}")
    if scope == "snsapi_userinfo" and request.args.get("agreed") != "1":
        again = html.escape(f"?{request.query_string}&agreed=1")
        return page(
            f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>微信授权</title><style>{_STYLE}</style>'
            f'<p>申请获取你的昵称、头像</p><p>{html.escape(person.nickname)}</p><a id="agree" href="{again}">允许</a>'
        )
    code = twin.new_code(person, ACCOUNT, scope=scope)
    response = redirect(_with_query(back, code=code, state=state), headers={"Cache-Control": "no-store"})
    response.add_cookie(_COOKIE, person.openid, path="/wechat", secure=False, httponly=True, samesite="Lax")
    return response


@blueprint.get("/sns/oauth2/access_token")
async def oauth_token(request: Request) -> HTTPResponse:
    """Who a web page's login code belongs to."""
    used = _used(request, ACCOUNT, "code")
    if isinstance(used, dict):
        return answer(used)
    token = f"oauth_{secrets.token_urlsafe(24)}"
    twin_of(request).oauth[token] = used
    told = {"access_token": token, "expires_in": 7200, "refresh_token": f"oauth_{secrets.token_urlsafe(24)}"}
    told |= _named(used.person) | {"scope": used.scope}
    return answer(told | ({"is_snapshotuser": 1} if used.person.snapshot else {}))


@blueprint.get("/sns/userinfo")
async def user_profile(request: Request) -> HTTPResponse:
    """What somebody consented to be known of them."""
    known = twin_of(request).oauth.get(request.args.get("access_token", ""))
    if known is None:
        return answer(error(40001, "invalid credential, access_token is invalid or not latest"))
    if known.scope != "snsapi_userinfo":
        return answer(error(48001, "api unauthorized"))
    if request.args.get("openid") != known.person.openid:
        return answer(error(40003, "invalid openid"))
    empty = {"sex": 0, "province": "", "city": "", "country": "", "headimgurl": "", "privilege": []}
    return answer(_named(known.person) | {"nickname": known.person.nickname} | empty)


@blueprint.post("/cgi-bin/stable_token")
async def stable_token(request: Request) -> HTTPResponse:
    """The token to call with."""
    asked = body_of(request)
    app = twin_of(request).app_of(asked.get("appid"), asked.get("secret"))
    if isinstance(app, dict):
        return answer(app)
    token, seconds = app.token.value(renew=asked.get("force_refresh") is True)
    return answer({"access_token": token, "expires_in": seconds})


@blueprint.get("/cgi-bin/ticket/getticket")
async def js_ticket(request: Request) -> HTTPResponse:
    """What JS-SDK signatures are made with."""
    app = twin_of(request).holder(request.args.get("access_token"), ACCOUNT)
    if isinstance(app, dict):
        return answer(app)
    if request.args.get("type") != "jsapi":
        return answer(error(40097, "invalid args"))
    ticket, seconds = app.ticket.value()
    return answer({"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": seconds})


@blueprint.post("/wxa/business/getuserphonenumber")
async def user_phone(request: Request) -> HTTPResponse:
    """The phone number behind a phone code."""
    twin, asked = twin_of(request), body_of(request)
    app = twin.holder(request.args.get("access_token"), MINI)
    if isinstance(app, dict):
        return answer(app)
    used = twin.use(asked.get("code"), MINI, "phone")
    if isinstance(used, dict):
        return answer(used)
    if used.phone is None:
        return answer(error(40029, "invalid code"))
    if asked.get("openid") not in (None, used.person.openid):
        return answer(error(40003, "invalid openid"))
    number = {"phoneNumber": used.phone, "purePhoneNumber": used.phone, "countryCode": "86"}
    return answer({"errcode": 0, "errmsg": "ok", "phone_info": number})


def _used(request: Request, kind: str, parameter: str) -> LoginCode | dict[str, Any]:
    twin = twin_of(request)
    app = twin.app_of(request.args.get("appid"), request.args.get("secret"))
    if isinstance(app, TwinApp):
        if app.app_id is not None and app.kind != kind:
            return error(40013, "invalid appid")
        return twin.use(request.args.get(parameter), kind, "login")
    return app


def _named(person: Person) -> dict[str, Any]:
    return {"openid": person.openid} | ({"unionid": person.unionid} if person.unionid else {})


def _with_query(url: str, **added: str) -> str:
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit(parts._replace(query=query))


def _refused_page(why: str, number: int) -> HTTPResponse:
    return page(
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>微信</title><style>{_STYLE}</style>'
        f"<p>{why}，错误码：{number}</p>"
    )
