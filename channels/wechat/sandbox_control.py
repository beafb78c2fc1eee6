"""What demos and tests tell WeChat's twin: who signs in, what its users do, which callbacks come."""

import secrets
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from channels.wechat.sandbox_apps import ACCOUNT, MINI, Person, Sent, twin_of
from channels.wechat.sandbox_people import People
from channels.wechat.sandbox_push import PushAnswer, Pusher, event, listed, outcome, told
from kit import clock
from kit.errors import NotFound
from kit.http import Routes

routes = Routes("wechat_control", "/control/wechat")
Short = Annotated[str, Meta(min_length=1, max_length=64)]
Delivery = Literal["once", "twice", "held"]
_APPS = {"mini": MINI, "h5": ACCOUNT}


class CodeWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Who logs in through WeChat; with `phone` the code is good for the phone number too. The rest is for `h5`."""

    openid: Short
    app: Literal["mini", "h5"] = "mini"
    phone: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    unionid: Short | None = None
    nickname: Short = "微信用户"
    scope: Literal["snsapi_base", "snsapi_userinfo"] = "snsapi_base"
    snapshot: bool = False


class CodeMade(msgspec.Struct):
    """A login code, good for five minutes and once."""

    code: str


class Visitor(msgspec.Struct, forbid_unknown_fields=True):
    """Whose phone opens the next pages; with `openid` null each browser is somebody of its own."""

    openid: Short | None = None
    unionid: Short | None = None
    nickname: Short = "微信用户"
    snapshot: bool = False


@routes.route("POST", "/codes", tag="wechat", status=201, public=True)
async def make_code(request: Request, body: CodeWanted) -> CodeMade:
    """A login code for a WeChat user."""
    person = Person(body.openid, body.unionid, body.nickname, body.snapshot)
    return CodeMade(twin_of(request).new_code(person, _APPS[body.app], body.phone, body.scope))


@routes.route("POST", "/visitor", tag="wechat", public=True)
async def choose_visitor(request: Request, body: Visitor) -> Visitor:
    """Choose who comes to the authorize page."""
    twin_of(request).visitor = (
        None if body.openid is None else Person(body.openid, body.unionid, body.nickname, body.snapshot)
    )
    return body


@routes.route("DELETE", "/tokens", tag="wechat", status=204, public=True)
async def invalidate_tokens(request: Request) -> None:
    """Every token that was lent is void from now on, as if somebody else had forced a new one."""
    for app in twin_of(request).apps.values():
        app.token.value(renew=True)


class FollowWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody follows the official account, or (`followed` false) does no longer."""

    openid: Short
    followed: bool = True
    delivery: Delivery = "once"


class SubscriptionWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody answers the mini-program's question for templates: accepted, each may be sent `times` more times.

    `change`: refused later in WeChat's settings; `tell` false: the platform is not told.
    """

    openid: Short
    template_ids: Annotated[list[Short], Meta(min_length=1, max_length=10)]
    accepted: bool = True
    times: Annotated[int, Meta(ge=1, le=1_000)] = 1
    change: bool = False
    tell: bool = True
    delivery: Delivery = "once"


class WordWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody writes to one of the apps, which opens the 48 hours for customer-service messages."""

    openid: Short
    text: Annotated[str, Meta(min_length=1, max_length=600)] = "你好"
    app: Literal["mini", "account"] = "account"
    delivery: Delivery = "once"


class OutcomeWanted(msgspec.Struct, forbid_unknown_fields=True):
    """What became of a message: that of `msgid`, else the newest to `openid`."""

    msgid: int | None = None
    openid: Short | None = None
    status: Annotated[str, Meta(min_length=1, max_length=64)] = "success"
    delivery: Delivery = "once"


class Receipts(msgspec.Struct, forbid_unknown_fields=True):
    """The outcome that is reported of every message by itself, soon after it was sent; null: only on command."""

    status: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class CallbackWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Any callback: `content` beside ToUserName, FromUserName and CreateTime, which it may also say itself."""

    openid: Short
    content: dict[str, Any]
    app: Literal["mini", "account"] = "account"
    form: Literal["xml", "json"] | None = None
    delivery: Delivery = "once"


class ReleaseWanted(msgspec.Struct, forbid_unknown_fields=True):
    """In which order what is held comes."""

    backwards: bool = False


class QuotaWanted(msgspec.Struct, forbid_unknown_fields=True):
    """How often an endpoint (`/cgi-bin/message/subscribe/send`) still answers today."""

    path: Annotated[str, Meta(min_length=1, max_length=128)]
    left: Annotated[int, Meta(ge=0, le=10_000_000)]


class TemplateWanted(msgspec.Struct, forbid_unknown_fields=True):
    """The fields a template has; of others any are taken."""

    template_id: Short
    fields: Annotated[list[Short], Meta(min_length=1, max_length=10)]


class SentMessages(msgspec.Struct):
    """What reached people, the newest first."""

    items: list[Sent]


class Released(msgspec.Struct):
    """The platform's answers."""

    items: list[PushAnswer]


@routes.route("POST", "/follows", tag="wechat", public=True, errors=(409, 503))
async def follow(request: Request, body: FollowWanted) -> PushAnswer:
    """Make somebody follow the official account, or leave it; the platform is told."""
    followers = twin_of(request).people.followers
    (followers.add if body.followed else followers.discard)(body.openid)
    name = "subscribe" if body.followed else "unsubscribe"
    return await _push(request).deliver(event(ACCOUNT, body.openid, name, {"EventKey": ""}), body.delivery)


@routes.route("POST", "/subscriptions", tag="wechat", public=True, errors=(409, 503))
async def answer_subscription(request: Request, body: SubscriptionWanted) -> PushAnswer:
    """Make somebody accept or refuse subscribe messages; the platform is told in the words of the pop-up."""
    people = twin_of(request).people
    for template_id in body.template_ids:
        people.subscriptions[body.openid, template_id] = (
            people.subscriptions[body.openid, template_id] + body.times if body.accepted else 0
        )
    if not body.tell:
        return PushAnswer()
    word, scene = ("accept" if body.accepted else "reject"), ({} if body.change else {"PopupScene": "0"})
    found = [{"TemplateId": one, "SubscribeStatusString": word, **scene} for one in body.template_ids]
    name, wrapper = (
        ("subscribe_msg_change_event", "SubscribeMsgChangeEvent")
        if body.change
        else ("subscribe_msg_popup_event", "SubscribeMsgPopupEvent")
    )
    return await _push(request).deliver(event(MINI, body.openid, name, listed(MINI, wrapper, found)), body.delivery)


@routes.route("POST", "/words", tag="wechat", public=True, errors=(409, 503))
async def write(request: Request, body: WordWanted) -> PushAnswer:
    """Make somebody write a text message."""
    people = twin_of(request).people
    people.wrote_at[body.openid] = clock.now()
    content = {"MsgType": "text", "Content": body.text, "MsgId": secrets.randbelow(10**16)}
    return await _push(request).deliver(told(body.app, body.openid, content), body.delivery)


@routes.route("POST", "/outcomes", tag="wechat", public=True, errors=(404, 409, 503))
async def report_outcome(request: Request, body: OutcomeWanted) -> PushAnswer:
    """Report what became of a notice or a subscribe message."""
    for sent in reversed(twin_of(request).sent):
        if body.msgid in (None, sent.msgid) and body.openid in (None, sent.openid) and sent.kind != "custom":
            return await _push(request).deliver(outcome(sent, body.status), body.delivery)
    raise NotFound("sandbox.no_message", "No such message was sent")


@routes.route("POST", "/receipts", tag="wechat", public=True)
async def report_by_itself(request: Request, body: Receipts) -> Receipts:
    """Report every message's outcome without being told to, as WeChat does."""
    twin_of(request).people.receipts = body.status
    return body


@routes.route("POST", "/callbacks", tag="wechat", public=True, errors=(409, 503))
async def push_callback(request: Request, body: CallbackWanted) -> PushAnswer:
    """Send any callback."""
    return await _push(request).deliver(told(body.app, body.openid, body.content, body.form), body.delivery)


@routes.route("POST", "/callbacks/release", tag="wechat", public=True, errors=(409, 503))
async def release_callbacks(request: Request, body: ReleaseWanted) -> Released:
    """Send what was held."""
    return Released(await _push(request).release(backwards=body.backwards))


@routes.route("POST", "/quotas", tag="wechat", public=True)
async def limit(request: Request, body: QuotaWanted) -> QuotaWanted:
    """Limit an endpoint until midnight in Beijing."""
    twin_of(request).people.limit(body.path, body.left)
    return body


@routes.route("POST", "/templates", tag="wechat", public=True)
async def define_template(request: Request, body: TemplateWanted) -> TemplateWanted:
    """Say which fields a template has."""
    twin_of(request).people.templates[body.template_id] = body.fields
    return body


@routes.route("GET", "/messages", tag="wechat", public=True)
async def read_messages(request: Request) -> SentMessages:
    """The last thousand messages that reached people."""
    return SentMessages(list(reversed(twin_of(request).sent)))


@routes.route("DELETE", "/people", tag="wechat", status=204, public=True)
async def forget_people(request: Request) -> None:
    """Nobody follows, subscribed or wrote any more; nothing is used up or held."""
    twin = twin_of(request)
    twin.people, twin.visitor = People(), None
    twin.sent.clear()
    _push(request).held.clear()


def _push(request: Request) -> Pusher:
    pusher: Pusher = request.app.ctx.wechat_push
    return pusher
