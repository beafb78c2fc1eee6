"""We ask WeChat: the port of the domain, for one mini-program and one official account."""

from collections.abc import Mapping

from channels.wechat import js_sdk, sending, sign_in
from channels.wechat.api import App
from channels.wechat.sign_in import Scope
from domain.ports import JsSdkConfig, WeChatUser


class WeChatClient:
    """`domain.ports.WeChat`; `open_url` is where pages inside WeChat ask for a login code."""

    def __init__(self, mini: App, account: App, open_url: str) -> None:
        self._mini, self._account, self._open_url = mini, account, open_url.rstrip("/")

    async def mini_user(self, code: str) -> WeChatUser:
        """Raises `Refused` (`wechat.bad_code`, `wechat.risky_user`, `wechat.too_often`), `NoAnswer`."""
        return await sign_in.mini_user(self._mini, code)

    async def phone(self, code: str, openid: str) -> str:
        """Raises `Refused` (`wechat.bad_code`, `wechat.too_often`), `NoAnswer`."""
        return await sign_in.phone(self._mini, code, openid)

    async def web_user(self, code: str) -> WeChatUser:
        """Raises `Refused` (as `mini_user`, and `wechat.virtual_account`), `NoAnswer`."""
        return await sign_in.web_user(self._account, code)

    def authorize_url(self, redirect: str, state: str, scope: Scope) -> str:
        """The page that sends its visitor back to `redirect` with a code."""
        return sign_in.authorize_url(self._open_url, self._account.appid, redirect, state, scope)

    async def js_sdk(self, url: str) -> JsSdkConfig:
        """Raises `NoAnswer`."""
        return await js_sdk.js_sdk(self._account, url)

    async def send_subscribe(
        self, openid: str, template_id: str, fields: Mapping[str, str], page: str | None
    ) -> str | None:
        """Raises `WeChatNotSent`, `NoAnswer`."""
        return await sending.subscribe(self._mini, openid, template_id, fields, page)

    async def send_notice(
        self,
        openid: str,
        template_id: str,
        fields: Mapping[str, str],
        url: str | None,
        dedupe_key: str | None = None,
    ) -> str:
        """Raises `WeChatNotSent`, `NoAnswer`."""
        return await sending.notice(self._account, openid, template_id, fields, url, dedupe_key)

    async def send_customer_message(self, openid: str, text: str) -> None:
        """Raises `WeChatNotSent`, `NoAnswer`."""
        await sending.customer_message(self._account, openid, text)

    async def url_link(self, path: str, query: str) -> str:
        """Raises `Refused` (`wechat.quota`, `wechat.bad_page`, `wechat.too_often`), `NoAnswer`."""
        return await sending.url_link(self._mini, path, query)
