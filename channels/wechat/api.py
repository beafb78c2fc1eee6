"""One app (mini-program or official account) at WeChat: wechatpy's endpoint knowledge over httpx."""

import json
from typing import Any, NoReturn

import httpx
import wechatpy
from redis.asyncio import Redis
from wechatpy.exceptions import WeChatClientException

from channels.outbound import ask, no_answer
from channels.wechat.quotas import Quotas
from channels.wechat.tokens import Shared

PARTNER = "wechat"
OUT_OF_QUOTA = 45009
_STALE_TOKEN = (40001, 40014, 42001)
_TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105


class App(wechatpy.WeChatClient):
    """wechatpy funnels every endpoint through `_request`; here that is a coroutine over httpx, so that endpoints
    written for blocking calls (`wxa.code_to_session`) return one. `http` has WeChat's base URL.
    """

    def __init__(self, app_id: str, secret: str, http: httpx.AsyncClient, redis: Redis) -> None:
        super().__init__(app_id, secret, auto_retry=False)
        self._http = None  # whatever would still call blockingly fails loudly
        self._async_http = http
        self._token, self._ticket = Shared(redis, app_id, "token"), Shared(redis, app_id, "ticket")
        self._quotas = Quotas(redis, app_id)

    @property
    def access_token(self) -> NoReturn:
        # wechatpy's __new__ inspects properties and lets no other error pass.
        raise AttributeError("the token is asked for asynchronously")

    async def ask(self, call: Any) -> dict[str, Any]:
        """The answer to one of wechatpy's endpoints. Raises `WeChatClientException` for an errcode, `NoAnswer`."""
        answer = await call
        if not isinstance(answer, dict):
            raise no_answer(PARTNER, "undecodable")
        return answer

    async def js_ticket(self) -> str:
        """The JS-SDK's ticket, shared like the token. Raises `NoAnswer`."""
        return await self._ticket.value(self._fetch_ticket)

    async def _request(self, method: str, url_or_endpoint: str, **request: Any) -> Any:
        """Only the path of wechatpy's address is used: our base URL says which host.

        A stale token is replaced once. Raises `WeChatClientException` for any other errcode; for a quota known to be
        used up without asking.
        """
        base = request.pop("api_base_url", self.API_BASE_URL)
        path = httpx.URL(url_or_endpoint if "://" in url_or_endpoint else base + url_or_endpoint).path
        params = dict(request.get("params") or {})
        content = None
        if isinstance(request.get("data"), dict):
            content = json.dumps(request["data"], ensure_ascii=False).encode()
        if path.startswith("/sns/"):  # signed with the secret instead
            return await self._answer(method, path, params, content)
        token = await self._token.value(self._fetch_token)
        try:
            return await self._answer(method, path, params | {"access_token": token}, content)
        except WeChatClientException as error:
            if error.errcode not in _STALE_TOKEN:
                raise
        token = await self._token.value(self._fetch_token, stale=token)
        return await self._answer(method, path, params | {"access_token": token}, content)

    async def _answer(self, method: str, path: str, params: dict[str, Any], content: bytes | None) -> Any:
        if await self._quotas.used_up(path):
            raise WeChatClientException(OUT_OF_QUOTA, "used up until midnight")
        response = await ask(self._async_http, PARTNER, method, path, params=params, content=content)
        if not response.is_success:
            raise no_answer(PARTNER, f"HTTP {response.status_code}")
        try:
            return self._handle_result(response)
        except WeChatClientException as error:
            if error.errcode == OUT_OF_QUOTA:
                await self._quotas.note(path)
            raise
        except (TypeError, ValueError, RecursionError):
            raise no_answer(PARTNER, "undecodable") from None

    async def _fetch_token(self) -> tuple[str, int]:
        # Never force_refresh: that would take the token away from the other processes.
        asked = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        try:
            answer = await self._answer("POST", _TOKEN_PATH, {}, json.dumps(asked).encode())
        except WeChatClientException as error:  # ours to mend, and nothing a customer could read
            raise no_answer(PARTNER, f"no token, errcode {error.errcode}") from None
        return _lent(answer, "access_token")

    async def _fetch_ticket(self) -> tuple[str, int]:
        try:
            answer = await self.ask(self.jsapi.get_ticket())
        except WeChatClientException as error:
            raise no_answer(PARTNER, f"no ticket, errcode {error.errcode}") from None
        return _lent(answer, "ticket")


def _lent(answer: Any, name: str) -> tuple[str, int]:
    """A value WeChat lends us, and for how many seconds."""
    try:
        value, seconds = answer[name], int(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise no_answer(PARTNER, f"no {name}") from None
    if not isinstance(value, str) or not value:
        raise no_answer(PARTNER, f"no {name}")
    return value, seconds
