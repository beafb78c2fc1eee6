"""Which days may be played, who takes part, and in which campaign's days a task is laid over them. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.simulation.definition import ForecastRequest
from kit import clock
from kit.errors import Fault

MOST_DAYS = 92
_SHARES = 1 << 32


def faults_of(asked: ForecastRequest, today: date) -> list[Fault]:
    """Days that cannot be played, by path."""
    faults = []
    if asked.until >= today:
        faults.append(Fault("until", "forecast.not_over", "must lie before today: only what has happened is played"))
    if asked.since > asked.until:
        faults.append(Fault("from", "forecast.no_days", "must not lie after until"))
    elif (asked.until - asked.since).days >= MOST_DAYS:
        faults.append(Fault("from", "forecast.too_long", f"at most {MOST_DAYS} days"))
    return faults


def would_claim(task: str, customer_id: int, share: Decimal) -> bool:
    """Whether this customer is one of those who claim: the same for the same share, and still so for a larger one."""
    drawn = hashlib.blake2b(f"{task}/{customer_id}".encode(), digest_size=4).digest()
    return int.from_bytes(drawn) < share * _SHARES


def laid_over(body: Mapping[str, Any], since: date, until: date) -> tuple[dict[str, Any], int]:
    """A task that is planned for later as if it had been planned for `since`: every date of it that many days earlier,
    and how many. One whose dates have begun already stays as it is.
    """
    begins = _planned_for(body)
    if begins is None or begins < clock.start_of_day(until + timedelta(days=1)):
        return dict(body), 0
    days = (clock.business_day(begins) - since).days
    return _moved(body, timedelta(days=days)), days


def _planned_for(body: Mapping[str, Any]) -> datetime | None:
    """When it can first be claimed, where it says so, else when the first of its conditions begins."""
    begins = (body.get("claim") or {}).get("from")
    if begins is not None:
        return datetime.fromisoformat(begins)
    return min((datetime.fromisoformat(window["from"]) for window in _dates(body.get("content"))), default=None)


def _dates(node: Any) -> Iterator[Mapping[str, Any]]:
    """The windows between fixed dates, anywhere in a content."""
    if isinstance(node, list):
        for child in node:
            yield from _dates(child)
    elif isinstance(node, Mapping):
        window = node.get("window")
        if isinstance(window, Mapping) and "from" in window:
            yield window
        for name in ("all", "any", "of"):
            yield from _dates(node.get(name))


def _moved(body: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    claim = dict(body.get("claim") or {})
    for name in ("from", "until"):
        if claim.get(name) is not None:
            claim[name] = _earlier(claim[name], by)
    return {**body, "claim": claim, "content": _content_moved(body["content"], by)}


def _content_moved(node: Any, by: timedelta) -> Any:
    if isinstance(node, list):
        return [_content_moved(child, by) for child in node]
    if not isinstance(node, Mapping):
        return node
    moved = {name: _content_moved(value, by) if name in ("all", "any", "of") else value for name, value in node.items()}
    window = node.get("window")
    if isinstance(window, Mapping) and "from" in window:
        moved["window"] = {name: _earlier(moment, by) for name, moment in window.items()}
    return moved


def _earlier(moment: str, by: timedelta) -> str:
    return (datetime.fromisoformat(moment) - by).isoformat()
