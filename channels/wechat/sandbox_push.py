"""WeChat's twin tells us: signed and encrypted callbacks, at once, twice, or kept back for later and out of order."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import httpx
import msgspec
from sanic import Sanic

from channels.wechat import crypto
from channels.wechat.sandbox_apps import ACCOUNT, MINI, Sent, WeChatTwin
from kit import clock
from kit.errors import Conflict, Unavailable

PATH = "/channels/v1/wechat/callback"
_ORIGINAL_IDS = {ACCOUNT: "gh_account000001", MINI: "gh_mini000000001"}


class PushAnswer(msgspec.Struct):
    """What the platform said to a callback; of one that is kept back, nothing yet."""

    status: int | None = None
    body: str = ""


@dataclass(frozen=True)
class Push:
    """A callback as its app would send it."""

    app: str
    content: Mapping[str, Any]
    form: str


class Pusher:
    """Sends callbacks under the token and the key the platform knows; `http` has the platform's base URL."""

    def __init__(self, http: httpx.AsyncClient, twin: WeChatTwin, token: str | None, key: str | None) -> None:
        self._http, self._twin, self.token, self.key = http, twin, token, key
        self.held: list[Push] = []

    async def send(self, push: Push, times: int = 1) -> PushAnswer:
        """Send it `times` times with the same nonce, as WeChat does when it is not answered; the last answer.

        Raises `Unavailable` when the platform cannot be reached, `Conflict` where the sandbox has no keys.
        """
        if self.token is None or self.key is None:
            raise Conflict("sandbox.no_callback_keys", "The sandbox was started without a callback token and key")
        app_id = self._twin.apps[push.app].app_id or ""
        encrypted = crypto.encrypt(_written(push.content, push.form), self.key, app_id)
        timestamp, nonce = str(int(clock.now().timestamp())), str(secrets.randbelow(10**10))
        address = {
            "signature": crypto.signature(self.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": str(push.content["FromUserName"]),
            "encrypt_type": "aes",
            "msg_signature": crypto.signature(self.token, timestamp, nonce, encrypted),
        }
        body = _written({"ToUserName": push.content["ToUserName"], "Encrypt": encrypted}, push.form).encode()
        answer = PushAnswer()
        for _ in range(times):
            try:
                response = await self._http.post(PATH, params=address, content=body)
            except httpx.HTTPError as error:
                reason = f"The platform gave no usable answer ({type(error).__name__})"
                raise Unavailable("sandbox.platform_silent", reason) from None
            answer = PushAnswer(response.status_code, response.text)
        return answer

    async def deliver(self, push: Push, how: str) -> PushAnswer:
        """`once`, `twice`, or `held` until `release`."""
        if how == "held":
            self.held.append(push)
            return PushAnswer()
        return await self.send(push, times=2 if how == "twice" else 1)

    async def release(self, *, backwards: bool) -> list[PushAnswer]:
        """Send what is kept back, the last first if `backwards`."""
        kept, self.held = self.held, []
        return [await self.send(push) for push in (reversed(kept) if backwards else kept)]


def event(app: str, openid: str, name: str, details: Mapping[str, Any]) -> Push:
    """An event of `openid`: XML of the official account, JSON of the mini-program, as their consoles are set."""
    return told(app, openid, {"MsgType": "event", "Event": name, **details})


def told(app: str, openid: str, content: Mapping[str, Any], form: str | None = None) -> Push:
    """A callback of `openid`, now."""
    seconds = int(clock.now().timestamp())
    head = {"ToUserName": _ORIGINAL_IDS[app], "FromUserName": openid, "CreateTime": seconds}
    return Push(app, head | dict(content), form or ("xml" if app == ACCOUNT else "json"))


def listed(app: str, wrapper: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """A list as the two apps write it: in JSON a single one stands there without brackets."""
    if app == MINI:
        return {"List": found[0] if len(found) == 1 else found}
    return {wrapper: {"List": found}}


def outcome(sent: Sent, status: str) -> Push:
    """What WeChat reports of a message: `success`, `failed:user block`, `failed: system failed`."""
    if sent.kind == "template":
        details = {"MsgID": sent.msgid, "Status": status}
        return event(sent.app, sent.openid, "TEMPLATESENDJOBFINISH", details)
    code = "0" if status == "success" else "43101"
    one = {"TemplateId": sent.template_id, "MsgID": str(sent.msgid), "ErrorCode": code, "ErrorStatus": status}
    details = listed(sent.app, "SubscribeMsgSentEvent", [one])
    return event(sent.app, sent.openid, "subscribe_msg_sent_event", details)


async def report(app: Sanic, sent: Sent) -> None:
    """After the answer, report the message's outcome by itself if the control plane said so."""
    status, pusher = app.ctx.wechat.people.receipts, app.ctx.wechat_push
    if status is not None:
        app.add_task(_quietly(pusher, outcome(sent, status)))


async def _quietly(pusher: Pusher, push: Push) -> None:
    try:
        await pusher.send(push)
    except (Unavailable, Conflict):
        return  # WeChat gives up too


def _written(content: Mapping[str, Any], form: str) -> str:
    return json.dumps(content, ensure_ascii=False) if form == "json" else f"<xml>{_elements(content)}</xml>"


def _elements(content: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_element(one)}</{name}>"
        for name, value in content.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _element(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    return str(value) if isinstance(value, int) else f"<![CDATA[{value}]]>" if "]]>" not in value else escape(value)
