"""What people do in WeChat, as its twin sees it: who follows, who subscribed to what, who wrote, what is used up."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit import clock

Refusal = dict[str, Any]
SERVICE_WINDOW = timedelta(hours=48)
SAME_MESSAGE = timedelta(minutes=10)
_FIRST_MSGID = 3_000_000_000_000
# Of its own, so that what we check before sending is checked by somebody else too.
_ALLOWED = {
    "thing": r".{1,20}",
    "number": r"[0-9.]{1,32}",
    "letter": r"[a-zA-Z]{1,32}",
    "symbol": r"\W{1,5}",
    "character_string": r"[!-~]{1,32}",
    "time": r".*\d{1,2}:\d{2}.*",
    "date": r".*\d+.*",
    "amount": r"\D?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[0-9+\-() ]{1,17}",
    "car_number": r".{2,8}",
    "name": r".{1,20}",
    "phrase": r"[一-鿿]{1,5}",
}


def error(errcode: int, errmsg: str) -> Refusal:
    """How WeChat says no: 200 with an errcode."""
    return {"errcode": errcode, "errmsg": errmsg}


@dataclass
class Quota:
    """What is left of an endpoint's day."""

    left: int
    until: datetime


class People:
    """Nobody follows, subscribed or wrote until the control plane says so."""

    def __init__(self) -> None:
        self.followers: set[str] = set()
        self.subscriptions: Counter[tuple[str, str]] = Counter()
        self.wrote_at: dict[str, datetime] = {}
        self.templates: dict[str, list[str]] = {}
        self.receipts: str | None = None
        self._quotas: dict[str, Quota] = {}
        self._known: dict[tuple[str, str], tuple[int, datetime]] = {}
        self._msgid = _FIRST_MSGID

    def limit(self, path: str, left: int) -> None:
        """From now to midnight in Beijing `path` answers `left` more times."""
        now = clock.now().astimezone(clock.SHANGHAI)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self._quotas[path] = Quota(left, midnight)

    def spend(self, path: str) -> Refusal | None:
        """One call of `path`, or WeChat's refusal."""
        quota = self._quotas.get(path)
        if quota is None:
            return None
        if clock.now() >= quota.until:
            del self._quotas[path]
            return None
        if quota.left <= 0:
            return error(45009, "reach max api daily quota limit")
        quota.left -= 1
        return None

    def fault_of(self, template_id: Any, data: Any) -> Refusal | None:
        """WeChat's refusal of a message's template or of one of its fields."""
        if not isinstance(template_id, str) or not template_id:
            return error(40037, "invalid template_id")
        wanted = self.templates.get(template_id)
        if not isinstance(data, dict) or (wanted is not None and set(wanted) != set(data)):
            return error(47003, "argument invalid! data emptydata")
        for name, field in data.items():
            value = field.get("value") if isinstance(field, dict) else None
            allowed = _ALLOWED.get(re.sub(r"_?\d+$", "", name), r"[\s\S]{1,200}")
            if not isinstance(value, str) or not re.fullmatch(allowed, value):
                return error(47003, f"argument invalid! data.{name}.value invalid")
        return None

    def subscribed(self, openid: str, template_id: str) -> bool:
        """Whether they may be sent this once more; uses that up."""
        if self.subscriptions[openid, template_id] <= 0:
            return False
        self.subscriptions[openid, template_id] -= 1
        return True

    def is_open(self, openid: str) -> bool:
        """Whether they wrote within 48 hours."""
        wrote_at = self.wrote_at.get(openid)
        return wrote_at is not None and clock.now() - wrote_at <= SERVICE_WINDOW

    def number(self, openid: str, client_msg_id: Any) -> tuple[int, bool]:
        """A message's number, and whether it is new: the same id of ours within ten minutes is the same message."""
        now = clock.now()
        if isinstance(client_msg_id, str):
            known = self._known.get((openid, client_msg_id))
            if known is not None and now - known[1] < SAME_MESSAGE:
                return known[0], False
        self._msgid += 1
        if isinstance(client_msg_id, str):
            self._known[openid, client_msg_id] = self._msgid, now
        return self._msgid, True
