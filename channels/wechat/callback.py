"""WeChat tells us what its users do, in safe mode: signed, encrypted, fresh. `app.ctx.wechat_keys` has our keys."""

import re
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import HTTPResponse, Request

from channels.wechat import crypto, envelope, inbox
from channels.wechat.envelope import Unreadable
from channels.wechat.told import told
from kit import clock
from kit.errors import BadInput, Unauthenticated
from kit.http import Routes

routes = Routes("wechat", "/channels/v1")
PATH = "/channels/v1/wechat/callback"
WINDOW_SECONDS = 5 * 60
Seconds = Annotated[str, Meta(pattern="^[0-9]{1,12}$")]
Nonce = Annotated[str, Meta(pattern="^[!-~]{1,128}$")]
Sha1 = Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class CallbackKeys(msgspec.Struct, frozen=True):
    """Tokens and `EncodingAESKey`s, present and previous, and the names (`mini`, `account`) of our apps by id."""

    tokens: tuple[str, ...]
    keys: tuple[str, ...]
    apps: Mapping[str, str]


class Verification(msgspec.Struct):
    """How WeChat asks whether the address is ours: it wants `echostr` back."""

    timestamp: Seconds
    nonce: Nonce
    echostr: Annotated[str, Meta(pattern="^[!-~]{1,1024}$")]
    signature: Sha1 | None = None
    msg_signature: Sha1 | None = None


class Delivery(msgspec.Struct):
    """What stands in the address of a callback; WeChat may add to it."""

    timestamp: Seconds
    nonce: Nonce
    msg_signature: Sha1 | None = None


class Encrypted(msgspec.Struct, rename="pascal"):
    """The body of a callback; also as XML, `<xml><ToUserName/><Encrypt/></xml>`."""

    to_user_name: str
    encrypt: str


@routes.route("GET", "/wechat/callback", tag="wechat", public=True, errors=(401,), media_type="text/plain")
async def verify_address(request: Request, query: Verification) -> HTTPResponse:
    """Answer WeChat's question when the address is entered in its console.

    `echostr` comes back as it is; encrypted (with `msg_signature`), it comes back decrypted.
    """
    keys = _keys(request)
    if query.msg_signature is not None:
        _admit(keys, query.msg_signature, query.timestamp, query.nonce, query.echostr)
        return _plain(_opened(keys, query.echostr)[0])
    _admit(keys, query.signature, query.timestamp, query.nonce)
    return _plain(query.echostr)


@routes.route(
    "POST",
    "/wechat/callback",
    tag="wechat",
    public=True,
    errors=(400, 401, 503),
    raw_body=Encrypted,
    media_type="text/plain",
)
async def receive_callback(request: Request, query: Delivery) -> HTTPResponse:
    """Take a message or an event; answered with `success` once it is durable, well within WeChat's five seconds.

    XML and JSON, encrypted in both. A repeat is acknowledged and does nothing.
    """
    keys = _keys(request)
    try:
        ciphertext = envelope.text(envelope.read(request.body), "Encrypt")
        if not _BASE64.fullmatch(ciphertext):
            raise Unreadable("not encrypted")
    except Unreadable as fault:
        raise _malformed(fault) from None
    _admit(keys, query.msg_signature, query.timestamp, query.nonce, ciphertext)
    content, app = _opened(keys, ciphertext)
    try:
        callback = told(app, envelope.read(content))
    except Unreadable as fault:
        raise _malformed(fault) from None
    # WeChat's nonces are short numbers; its signature is one of a kind.
    await inbox.take(callback, str(query.msg_signature))
    return _plain("success")


def _admit(keys: CallbackKeys, signature: str | None, timestamp: str, *rest: str) -> None:
    """Raises `Unauthenticated` unless one of our tokens signed this, within five minutes."""
    if signature is None or not crypto.is_signed(signature, keys.tokens, timestamp, *rest):
        raise Unauthenticated("wechat.bad_signature", "The signature does not fit")
    if abs(clock.now().timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise Unauthenticated("wechat.old_timestamp", "The timestamp is not within five minutes of ours")


def _opened(keys: CallbackKeys, ciphertext: str) -> tuple[str, str]:
    """The text, and which of our apps it is for. Raises `Unauthenticated`."""
    opened = crypto.decrypt(ciphertext, keys.keys, keys.apps)
    if opened is None:
        raise Unauthenticated("wechat.not_for_us", "No key of ours opens this, or it is for another app")
    return opened[0], keys.apps[opened[1]]


def _keys(request: Request) -> CallbackKeys:
    keys: CallbackKeys = request.app.ctx.wechat_keys
    return keys


def _malformed(fault: Unreadable) -> BadInput:
    return BadInput("request.invalid", f"This is no callback of WeChat: {fault}")


def _plain(text: str) -> HTTPResponse:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return HTTPResponse(text, headers=headers, content_type="text/plain; charset=utf-8")
