"""What WeChat's twin knows: two apps with their tokens and tickets, people with their codes, what was sent."""

import json
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sanic import Request

from channels.wechat.sandbox_people import People, Refusal, error
from kit import clock

LEASE = timedelta(hours=2)
CODE_LIFE = timedelta(minutes=5)
MINI, ACCOUNT = "mini", "account"


@dataclass
class Person:
    """Somebody with WeChat on their phone. `snapshot`: they look at the page before they agreed to anything."""

    openid: str
    unionid: str | None = None
    nickname: str = "微信用户"
    snapshot: bool = False


@dataclass
class LoginCode:
    """A code a phone got from WeChat; each of its uses (login, phone) is good once."""

    person: Person
    app: str
    phone: str | None
    scope: str
    expires_at: datetime
    used_for: set[str] = field(default_factory=set)


class Lease:
    """A value lent for two hours; the same until it expires or is taken back."""

    def __init__(self, prefix: str) -> None:
        self._prefix, self._value, self._until = prefix, "", clock.now()

    def value(self, *, renew: bool = False) -> tuple[str, int]:
        """The one valid value and its seconds to live."""
        now = clock.now()
        if renew or now >= self._until:
            self._value, self._until = f"{self._prefix}_{secrets.token_urlsafe(48)}", now + LEASE
        return self._value, int((self._until - now).total_seconds())

    def is_it(self, value: Any) -> bool:
        """Whether `value` is what was lent last, expired or not."""
        return bool(self._value) and value == self._value

    @property
    def over(self) -> bool:
        """Whether what was lent last is no longer good."""
        return clock.now() >= self._until


@dataclass
class TwinApp:
    """An app of ours at WeChat, with its token and its ticket. With `app_id` or `secret` None any is accepted."""

    kind: str
    app_id: str | None
    secret: str | None
    token: Lease = field(default_factory=lambda: Lease("twin"))
    ticket: Lease = field(default_factory=lambda: Lease("ticket"))


class Sent(msgspec.Struct, frozen=True):
    """A message that reached a person."""

    at: str
    app: str
    kind: str
    openid: str
    msgid: int
    template_id: str | None
    content: Mapping[str, Any]


class WeChatTwin:
    """WeChat's side of it. `allowed_host` is where its pages may send visitors back to (None: anywhere)."""

    def __init__(self, mini: TwinApp, account: TwinApp, allowed_host: str | None = None) -> None:
        self.apps = {MINI: mini, ACCOUNT: account}
        self.allowed_host = allowed_host
        self.visitor: Person | None = None
        self.oauth: dict[str, LoginCode] = {}
        self.sent: deque[Sent] = deque(maxlen=1_000)
        self.links: dict[str, str] = {}
        self.people = People()
        self._codes: dict[str, LoginCode] = {}

    def new_code(self, person: Person, app: str, phone: str | None = None, scope: str = "snsapi_base") -> str:
        """A code for `person`, as `wx.login`, the phone button (with a phone) or the authorize page would give."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = LoginCode(person, app, phone, scope, clock.now() + CODE_LIFE)
        return code

    def use(self, code: Any, app: str, purpose: str) -> LoginCode | Refusal:
        """The code, used up for `purpose`, or WeChat's refusal."""
        known = self._codes.get(code) if isinstance(code, str) else None
        if known is None or known.app != app:
            return error(40029, "invalid code")
        if known.expires_at <= clock.now():
            return error(42003, "code expired") if app == ACCOUNT else error(40029, "invalid code")
        if purpose in known.used_for:
            return error(40163, "code been used")
        known.used_for.add(purpose)
        return known

    def app_of(self, app_id: Any, secret: Any) -> TwinApp | Refusal:
        """Whose credentials these are, or WeChat's refusal."""
        for exact in (True, False):
            for app in self.apps.values():
                if app.app_id == app_id if exact else app.app_id is None:
                    return app if app.secret in (None, secret) else error(40125, "invalid appsecret")
        return error(40013, "invalid appid")

    def holder(self, token: Any, *kinds: str) -> TwinApp | Refusal:
        """Whose token this is, or WeChat's refusal of a token that is not the present one, or not of these kinds."""
        for app in self.apps.values():
            if app.token.is_it(token):
                if app.token.over:
                    return error(42001, "access_token expired")
                wrong = kinds and app.kind not in kinds and app.app_id is not None
                return error(48001, "api unauthorized") if wrong else app
        return error(40001, "invalid credential, access_token is invalid or not latest")


def twin_of(request: Request) -> WeChatTwin:
    """The twin of this sandbox."""
    twin: WeChatTwin = request.app.ctx.wechat
    return twin


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request; an empty one where there is none."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
