"""We ask WeChat: wechatpy's endpoint knowledge over httpx, with one shared token and bounded calls."""

import json
from typing import Any, NoReturn

import httpx
import wechatpy
from wechatpy.exceptions import WeChatClientException

from channels.outbound import ask, no_answer
from channels.wechat.tokens import TokenStore
from domain.ports import Refused, WeChatUser

_PARTNER = "wechat"
_STALE_TOKEN = (40001, 40014, 42001)
_REFUSALS = {
    40003: ("wechat.bad_code", "登录凭证与用户不符，请重新进入"),
    40029: ("wechat.bad_code", "登录凭证无效，请重新进入"),
    40163: ("wechat.bad_code", "登录凭证已使用，请重新进入"),
    40226: ("wechat.risky_user", "微信提示该账号存在风险，暂不能登录"),
    45011: ("wechat.too_often", "操作过于频繁，请稍后再试"),
}


class WeChatClient:
    """`domain.ports.WeChat` for one mini-program; `http` has WeChat's base URL."""

    def __init__(self, app_id: str, secret: str, http: httpx.AsyncClient, tokens: TokenStore) -> None:
        self._api = _AsyncApi(app_id, secret, http, tokens)

    async def mini_user(self, code: str) -> WeChatUser:
        """Who a login code belongs to; a code is good once. Raises `Refused` (`wechat.bad_code`,
        `wechat.risky_user`, `wechat.too_often`), `NoAnswer`. The session key is dropped here.
        """
        answer = await self._asked(self._api.wxa.code_to_session(code))
        if not _is_text(answer.get("openid")):
            raise no_answer(_PARTNER, "no openid")
        unionid = answer.get("unionid")
        return WeChatUser(answer["openid"], unionid if _is_text(unionid) else None)

    async def phone(self, code: str, openid: str) -> str:
        """The phone number behind a phone code of this user. Raises `Refused` (`wechat.bad_code`), `NoAnswer`."""
        asked = {"code": code, "openid": openid}
        answer = await self._asked(self._api.post(_AsyncApi.PHONE_URL, data=asked))
        info = answer.get("phone_info")
        number = info.get("purePhoneNumber") if isinstance(info, dict) else None
        if not _is_text(number):
            raise no_answer(_PARTNER, "no phone number")
        return str(number)

    async def _asked(self, call: Any) -> dict[str, Any]:
        try:
            answer = await call
        except WeChatClientException as error:
            _refuse(error.errcode)
        if not isinstance(answer, dict):
            raise no_answer(_PARTNER, "undecodable")
        return answer


class _AsyncApi(wechatpy.WeChatClient):
    """wechatpy funnels every endpoint through `_request`; here that is a coroutine over httpx."""

    PHONE_URL = "https://api.weixin.qq.com/wxa/business/getuserphonenumber"

    def __init__(self, app_id: str, secret: str, http: httpx.AsyncClient, tokens: TokenStore) -> None:
        super().__init__(app_id, secret, auto_retry=False)
        self._http = None  # whatever would still call blockingly fails loudly
        self._async_http, self._tokens = http, tokens

    @property
    def access_token(self) -> NoReturn:
        # wechatpy's __new__ inspects properties and lets no other error pass.
        raise AttributeError("the token is asked for asynchronously")

    async def _request(self, method: str, url_or_endpoint: str, **request: Any) -> Any:
        """Only the path of wechatpy's address is used: our base URL says which host.

        A stale token is replaced once. Raises `WeChatClientException` for any other errcode.
        """
        base = request.pop("api_base_url", self.API_BASE_URL)
        path = httpx.URL(url_or_endpoint if "://" in url_or_endpoint else base + url_or_endpoint).path
        params = dict(request.get("params") or {})
        content = None
        if isinstance(request.get("data"), dict):
            content = json.dumps(request["data"], ensure_ascii=False).encode()
        if path.startswith("/sns/"):  # signed with the secret instead
            return await self._answer(method, path, params, content)
        token = await self._tokens.token(self._fetch_token)
        try:
            return await self._answer(method, path, params | {"access_token": token}, content)
        except WeChatClientException as error:
            if error.errcode not in _STALE_TOKEN:
                raise
        token = await self._tokens.token(self._fetch_token, stale=token)
        return await self._answer(method, path, params | {"access_token": token}, content)

    async def _answer(self, method: str, path: str, params: dict[str, Any], content: bytes | None) -> Any:
        response = await ask(self._async_http, _PARTNER, method, path, params=params, content=content)
        if not response.is_success:
            raise no_answer(_PARTNER, f"HTTP {response.status_code}")
        try:
            return self._handle_result(response)
        except (TypeError, ValueError, RecursionError):
            raise no_answer(_PARTNER, "undecodable") from None

    async def _fetch_token(self) -> tuple[str, int]:
        # Never force_refresh: that would take the token away from the other processes.
        asked = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        content = json.dumps(asked).encode()
        answer = await self._answer("POST", "/cgi-bin/stable_token", {}, content)
        try:
            return str(answer["access_token"]), int(answer["expires_in"])
        except (KeyError, TypeError, ValueError):
            raise no_answer(_PARTNER, "no token") from None


def _refuse(errcode: int | None) -> NoReturn:
    """What an errcode means to a customer; those that only we can mend are no answer."""
    if errcode in _REFUSALS:
        raise Refused(*_REFUSALS[errcode])
    raise no_answer(_PARTNER, f"errcode {errcode}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
