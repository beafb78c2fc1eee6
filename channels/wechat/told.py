"""What WeChat tells us, read: the same for XML and JSON, for a message and an event."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from channels.wechat.envelope import Unreadable, text

ACCOUNT, MINI = "account", "mini"
_LAST_SECOND = 2**33


class Told(msgspec.Struct, frozen=True):
    """A callback of one of our apps (`account` or `mini`) about `openid`; `kind` is the event in small letters, or of a
    message its type. The same `dedupe_key` is the same callback.
    """

    app: str
    dedupe_key: str
    openid: str
    kind: str
    content: dict[str, Any]
    told_at: datetime


def told(app: str, content: dict[str, Any]) -> Told:
    """Raises `Unreadable` where what every callback has is not there."""
    openid, seconds, kind = text(content, "FromUserName"), text(content, "CreateTime"), text(content, "MsgType")
    if kind == "event":
        kind = text(content, "Event")
    if not (0 < len(openid) <= 64 and 0 < len(kind) <= 64 and seconds.isdecimal() and int(seconds) < _LAST_SECOND):
        raise Unreadable("no callback")
    told_at = datetime.fromtimestamp(int(seconds), UTC)
    return Told(app, _dedupe_key(content, openid, seconds), openid, kind.lower(), content, told_at)


def _dedupe_key(content: dict[str, Any], openid: str, seconds: str) -> str:
    """A message has a number. An event is known by its user and second, and by what it says: two notices to one user
    may be reported in the same second.
    """
    number = text(content, "MsgId")
    said = number or f"{openid} {seconds} {json.dumps(content, sort_keys=True)}"
    return hashlib.sha256(said.encode()).hexdigest()
