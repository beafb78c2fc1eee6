"""Layers 1 and 2: every category and item a condition may name, the events it looks at and what it measures."""

from dataclasses import dataclass
from enum import StrEnum

from domain.events.event import CUSTOM, MONEY_IN, STATUS, is_known_type


class Measure(StrEnum):
    """What becomes of the events in scope."""

    AMOUNT = "amount"
    COUNT = "count"
    DAYS = "days"
    MERCHANTS = "merchants"
    STREAK = "streak"
    SINGLE = "single"
    STATUS = "status"


@dataclass(frozen=True)
class Item:
    """An item of a category: the event type it reads, the measure, the unit of its threshold."""

    category: str
    name: str
    event_type: str
    measure: Measure

    @property
    def unit(self) -> str:
        """As answers name it: fen, times, days, merchants, done."""
        return _UNITS[self.measure]


_UNITS = {
    Measure.AMOUNT: "fen",
    Measure.SINGLE: "fen",
    Measure.COUNT: "times",
    Measure.DAYS: "days",
    Measure.STREAK: "days",
    Measure.MERCHANTS: "merchants",
    Measure.STATUS: "done",
}
_CUMULATIVE = (Measure.AMOUNT, Measure.COUNT, Measure.DAYS, Measure.MERCHANTS, Measure.STREAK)
_SPECIAL = {
    "sign_in.days": ("sign_in", Measure.DAYS),
    "sign_in.streak": ("sign_in", Measure.STREAK),
    "app_login.days": ("app_login", Measure.DAYS),
    "app_login.streak": ("app_login", Measure.STREAK),
    "invite.count": ("invite_accepted", Measure.COUNT),
    "survey.done": ("survey_done", Measure.COUNT),
}
_CUSTOM = (Measure.COUNT, Measure.DAYS, Measure.STREAK)
CATEGORIES = ("status", "cumulative", "stream", "special")


def find(category: str, name: str) -> Item | None:
    """The item, or None when the category has no such item."""
    if category == "status":
        return Item(category, name, STATUS, Measure.STATUS) if "." in name.strip(".") else None
    if category == "stream":
        return Item(category, name, name, Measure.SINGLE) if name in MONEY_IN else None
    if category == "special" and name in _SPECIAL:
        return Item(category, name, *_SPECIAL[name])
    base, _, measure = name.rpartition(".")
    if category == "cumulative":
        return Item(category, name, base, Measure(measure)) if base in MONEY_IN and measure in _CUMULATIVE else None
    if category == "special" and measure in _CUSTOM and base.startswith(CUSTOM) and is_known_type(base):
        return Item(category, name, base, Measure(measure))
    return None


def known_items(category: str) -> list[str]:
    """What may stand there, for error messages."""
    return {
        "status": ["card.activated", "wechat.bound", "… (any status name with a dot)"],
        "cumulative": [f"{base}.{measure}" for base in MONEY_IN for measure in _CUMULATIVE],
        "stream": list(MONEY_IN),
        "special": [*_SPECIAL, *(f"custom.<name>.{measure}" for measure in _CUSTOM)],
    }[category]
