"""WeChat's twin: login codes, phone codes and the stable token, answered as WeChat does: 200 with an errcode."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as answer

from kit import clock

TOKEN_LIFE = timedelta(hours=2)
CODE_LIFE = timedelta(minutes=5)
blueprint = Blueprint("wechat_twin", url_prefix="/wechat")


@dataclass
class LoginCode:
    """A code a phone got from WeChat; each of its uses (login, phone) is good once."""

    openid: str
    app: str
    phone: str | None
    unionid: str | None
    expires_at: datetime
    used_for: set[str] = field(default_factory=set)


class WeChatTwin:
    """The codes and the token of one app. With `app_id` or `secret` None any is accepted."""

    def __init__(self, app_id: str | None = None, secret: str | None = None) -> None:
        self._app_id, self._secret = app_id, secret
        self._codes: dict[str, LoginCode] = {}
        self._token, self._token_until = "", clock.now()

    def new_code(self, openid: str, app: str, phone: str | None, unionid: str | None) -> str:
        """A code for the person `openid`, as `wx.login` (or, with a phone, the phone button) would give."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = LoginCode(openid, app, phone, unionid, clock.now() + CODE_LIFE)
        return code

    def use(self, code: Any, app: str, purpose: str) -> LoginCode | dict[str, Any]:
        """The code, used up for `purpose`, or WeChat's refusal."""
        known = self._codes.get(code) if isinstance(code, str) else None
        if known is None or known.app != app or known.expires_at <= clock.now():
            return _error(40029, "invalid code")
        if purpose in known.used_for:
            return _error(40163, "code been used")
        known.used_for.add(purpose)
        return known

    def refusal(self, app_id: Any, secret: Any) -> dict[str, Any] | None:
        """WeChat's refusal of wrong credentials."""
        if self._app_id not in (None, app_id):
            return _error(40013, "invalid appid")
        return None if self._secret in (None, secret) else _error(40125, "invalid appsecret")

    def token(self, *, force_refresh: bool = False) -> tuple[str, int]:
        """The one valid token and its seconds to live; the same until it expires or a refresh is forced."""
        now = clock.now()
        if force_refresh or now >= self._token_until:
            self._token, self._token_until = f"twin_{secrets.token_urlsafe(48)}", now + TOKEN_LIFE
        return self._token, int((self._token_until - now).total_seconds())

    def token_fault(self, token: Any) -> dict[str, Any] | None:
        """WeChat's refusal of a token that is not the present one."""
        if not self._token or token != self._token:
            return _error(40001, "invalid credential, access_token is invalid or not latest")
        return _error(42001, "access_token expired") if clock.now() >= self._token_until else None


@blueprint.get("/sns/jscode2session")
async def code_to_session(request: Request) -> HTTPResponse:
    """Who a mini-program's login code belongs to."""
    return answer(_login(request, "mini", "js_code"))


@blueprint.get("/sns/oauth2/access_token")
async def oauth_token(request: Request) -> HTTPResponse:
    """Who a web page's login code belongs to."""
    return answer(_login(request, "h5", "code"))


@blueprint.post("/cgi-bin/stable_token")
async def stable_token(request: Request) -> HTTPResponse:
    """The token to call with."""
    asked = _body(request)
    refused = _twin(request).refusal(asked.get("appid"), asked.get("secret"))
    if refused:
        return answer(refused)
    token, seconds = _twin(request).token(force_refresh=asked.get("force_refresh") is True)
    return answer({"access_token": token, "expires_in": seconds})


@blueprint.post("/wxa/business/getuserphonenumber")
async def user_phone(request: Request) -> HTTPResponse:
    """The phone number behind a phone code."""
    twin, asked = _twin(request), _body(request)
    refused = twin.token_fault(request.args.get("access_token"))
    if refused:
        return answer(refused)
    used = twin.use(asked.get("code"), "mini", "phone")
    if isinstance(used, dict):
        return answer(used)
    if used.phone is None:
        return answer(_error(40029, "invalid code"))
    if asked.get("openid") not in (None, used.openid):
        return answer(_error(40003, "invalid openid"))
    number = {"phoneNumber": used.phone, "purePhoneNumber": used.phone, "countryCode": "86"}
    return answer({"errcode": 0, "errmsg": "ok", "phone_info": number})


def _login(request: Request, app: str, parameter: str) -> dict[str, Any]:
    twin = _twin(request)
    refused = twin.refusal(request.args.get("appid"), request.args.get("secret"))
    if refused:
        return refused
    used = twin.use(request.args.get(parameter), app, "login")
    if isinstance(used, dict):
        return used
    person = {"openid": used.openid} | ({"unionid": used.unionid} if used.unionid else {})
    if app == "mini":
        return person | {"session_key": secrets.token_urlsafe(16)}
    return person | {"access_token": f"oauth_{secrets.token_urlsafe(24)}", "expires_in": 7200, "scope": "snsapi_base"}


def _twin(request: Request) -> WeChatTwin:
    twin: WeChatTwin = request.app.ctx.wechat
    return twin


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _error(errcode: int, errmsg: str) -> dict[str, Any]:
    return {"errcode": errcode, "errmsg": errmsg}
