"""Messages to people: subscribe messages, the official account's notices, customer-service messages; links."""

from collections.abc import Mapping
from typing import Any

from wechatpy.exceptions import WeChatClientException

from channels.outbound import no_answer
from channels.wechat import refusals
from channels.wechat.api import PARTNER, App
from channels.wechat.fields import fitted

_LINK_DAYS = 30
_LINK_URL = "https://api.weixin.qq.com/wxa/generate_urllink"


async def subscribe(app: App, openid: str, template_id: str, fields: Mapping[str, str], page: str | None) -> str | None:
    """As `domain.ports.WeChat.send_subscribe`."""
    answer = await _sent(app, app.wxa.send_subscribe_message(openid, template_id, _data(fields), page))
    number = answer.get("msgid")
    return None if number is None else str(number)


async def notice(
    app: App,
    openid: str,
    template_id: str,
    fields: Mapping[str, str],
    url: str | None,
    dedupe_key: str | None,
) -> str:
    """As `domain.ports.WeChat.send_notice`."""
    message: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": _data(fields)}
    message |= {"url": url} if url else {}
    message |= {"client_msg_id": dedupe_key} if dedupe_key else {}
    answer = await _sent(app, app.post("message/template/send", data=message))
    number = answer.get("msgid")
    if number is None:
        raise no_answer(PARTNER, "no msgid")
    return str(number)


async def customer_message(app: App, openid: str, text: str) -> None:
    """As `domain.ports.WeChat.send_customer_message`."""
    await _sent(app, app.message.send_text(openid, text))


async def url_link(app: App, path: str, query: str) -> str:
    """As `domain.ports.WeChat.url_link`."""
    asked = {"path": path, "query": query, "expire_type": 1, "expire_interval": _LINK_DAYS}
    try:
        answer = await app.ask(app.post(_LINK_URL, data=asked))
    except WeChatClientException as error:
        refusals.link(error)
    found = answer.get("url_link")
    if not isinstance(found, str) or not found:
        raise no_answer(PARTNER, "no url_link")
    return found


async def _sent(app: App, call: Any) -> dict[str, Any]:
    try:
        return await app.ask(call)
    except WeChatClientException as error:
        refusals.message(error)


def _data(fields: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Raises `WeChatNotSent` before anything is asked."""
    return {name: {"value": value} for name, value in fitted(fields).items()}
