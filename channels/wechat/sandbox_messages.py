"""WeChat's twin: subscribe messages, notices, customer-service messages and links, with its refusals."""

import html
import secrets
from typing import Any

from sanic import HTTPResponse, Request
from sanic.response import html as page
from sanic.response import json as answer

from channels.wechat import sandbox_push
from channels.wechat.sandbox import blueprint
from channels.wechat.sandbox_apps import ACCOUNT, MINI, Sent, TwinApp, body_of, twin_of
from channels.wechat.sandbox_people import error
from kit import clock

_DONE = {"errcode": 0, "errmsg": "ok"}
_LONGEST_TEXT = 2_048


@blueprint.post("/cgi-bin/message/subscribe/send")
async def send_subscribe(request: Request) -> HTTPResponse:
    """A subscribe message: one for each time the user said yes."""
    app, asked = _admitted(request, "/cgi-bin/message/subscribe/send", MINI, ACCOUNT)
    if app is None:
        return answer(asked)
    twin, openid, template_id = twin_of(request), asked.get("touser"), asked.get("template_id")
    if not isinstance(openid, str) or not openid:
        return answer(error(40003, "invalid openid"))
    fault = twin.people.fault_of(template_id, asked.get("data"))
    if fault is not None:
        return answer(fault)
    if not twin.people.subscribed(openid, str(template_id)):
        return answer(error(43101, "user refuse to accept the msg"))
    number, _ = twin.people.number(openid, None)
    sent = Sent(_now(), app.kind, "subscribe", openid, number, template_id, asked)
    twin.sent.append(sent)
    await sandbox_push.report(request.app, sent)
    return answer(_DONE | {"msgid": number})


@blueprint.post("/cgi-bin/message/template/send")
async def send_template(request: Request) -> HTTPResponse:
    """A notice of the official account, to followers only; once for each `client_msg_id` within ten minutes."""
    app, asked = _admitted(request, "/cgi-bin/message/template/send", ACCOUNT)
    if app is None:
        return answer(asked)
    twin, openid, template_id = twin_of(request), asked.get("touser"), asked.get("template_id")
    if not isinstance(openid, str) or not openid:
        return answer(error(40003, "invalid openid"))
    if openid not in twin.people.followers:
        return answer(error(43004, "require subscribe"))
    fault = twin.people.fault_of(template_id, asked.get("data"))
    if fault is not None:
        return answer(fault)
    number, new = twin.people.number(openid, asked.get("client_msg_id"))
    if new:
        sent = Sent(_now(), app.kind, "template", openid, number, template_id, asked)
        twin.sent.append(sent)
        await sandbox_push.report(request.app, sent)
    return answer(_DONE | {"msgid": number})


@blueprint.post("/cgi-bin/message/custom/send")
async def send_custom(request: Request) -> HTTPResponse:
    """A customer-service message, within 48 hours of the user's last word."""
    app, asked = _admitted(request, "/cgi-bin/message/custom/send", ACCOUNT, MINI)
    if app is None:
        return answer(asked)
    twin, openid, text = twin_of(request), asked.get("touser"), asked.get("text")
    if not isinstance(openid, str) or not openid:
        return answer(error(40003, "invalid openid"))
    content = text.get("content") if isinstance(text, dict) else None
    if asked.get("msgtype") != "text" or not isinstance(content, str) or not content:
        return answer(error(40008, "invalid message type"))
    if len(content.encode()) > _LONGEST_TEXT:
        return answer(error(45002, "content size out of limit"))
    if not twin.people.is_open(openid):
        return answer(error(45015, "response out of time limit or subscription is canceled"))
    number, _ = twin.people.number(openid, None)
    twin.sent.append(Sent(_now(), app.kind, "custom", openid, number, None, asked))
    return answer(_DONE)


@blueprint.post("/wxa/generate_urllink")
async def generate_link(request: Request) -> HTTPResponse:
    """A link that opens the mini-program; here it opens a page that says what would open."""
    app, asked = _admitted(request, "/wxa/generate_urllink", MINI)
    if app is None:
        return answer(asked)
    path, query = asked.get("path", ""), asked.get("query", "")
    if not isinstance(path, str) or path.startswith("/") or "?" in path:
        return answer(error(40165, "invalid weapp pagepath"))
    if not isinstance(query, str) or len(query) > 1024:
        return answer(error(40212, "invalid query"))
    name = secrets.token_urlsafe(8)
    twin_of(request).links[name] = f"{path}?{query}" if query else path
    return answer(_DONE | {"url_link": f"{request.scheme}://{request.host}/wechat/links/{name}"})


@blueprint.get("/links/<name:str>")
async def open_link(request: Request, name: str) -> HTTPResponse:
    """What a phone would open in the mini-program."""
    target = twin_of(request).links.get(name)
    if target is None:
        return page("<!doctype html><meta charset='utf-8'><p>链接已失效", status=404)
    return page(f"<!doctype html><meta charset='utf-8'><p>小程序 <code>{html.escape(target)}</code>")


def _admitted(request: Request, path: str, *kinds: str) -> tuple[TwinApp, dict[str, Any]] | tuple[None, dict[str, Any]]:
    """Whose call it is and its body, or WeChat's refusal."""
    twin = twin_of(request)
    app = twin.holder(request.args.get("access_token"), *kinds)
    if isinstance(app, dict):
        return None, app
    used_up = twin.people.spend(path)
    return (app, body_of(request)) if used_up is None else (None, used_up)


def _now() -> str:
    return clock.local_text(clock.now())
