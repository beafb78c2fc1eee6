"""The signature a page needs for WeChat's JS-SDK (sharing, subscribing, closing)."""

import secrets

from channels.wechat.api import App
from domain.ports import JsSdkConfig
from kit import clock


async def js_sdk(app: App, url: str) -> JsSdkConfig:
    """As `domain.ports.WeChat.js_sdk`."""
    ticket, nonce, timestamp = await app.js_ticket(), secrets.token_hex(16), int(clock.now().timestamp())
    return JsSdkConfig(app.appid, timestamp, nonce, signed(app, ticket, nonce, timestamp, url))


def signed(app: App, ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """WeChat's signature over these."""
    signature: str = app.jsapi.get_jsapi_signature(nonce, ticket, timestamp, url.partition("#")[0])
    return signature
