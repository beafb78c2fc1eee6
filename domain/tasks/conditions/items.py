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
_CUMULATIVE = (Measure.AMOUNT, Measure.COUNT, Measure.DAYS, Measure.MERCHANTS)
_SPECIAL = {
    "sign_in.days": ("sign_in", Measure.DAYS),
    "sign_in.streak": ("sign_in", Measure.STREAK),
    "invite.count": ("invite_accepted", Measure.COUNT),
    "survey.done": ("survey_done", Measure.COUNT),
}
CATEGORIES = ("status", "cumulative", "stream", "special")


def find(category: str, name: str) -> Item | None:
    """The item, or None when the category has no such item."""
    if category == "status":
        return Item(category, name, STATUS, Measure.STATUS) if "." in name else None
    if category == "stream":
        return Item(category, name, name, Measure.SINGLE) if name in MONEY_IN else None
    if category == "cumulative":
        base, _, measure = name.partition(".")
        return Item(category, name, base, Measure(measure)) if base in MONEY_IN and measure in _CUMULATIVE else None
    if category == "special" and name in _SPECIAL:
        return Item(category, name, *_SPECIAL[name])
    counted = name.removesuffix(".count")
    if category == "special" and counted != name and counted.startswith(CUSTOM) and is_known_type(counted):
        return Item(category, name, counted, Measure.COUNT)
    return None


def known_items(category: str) -> list[str]:
    """What may stand there, for error messages."""
    return {
        "status": ["card.activated", "wechat.bound", "… (any status name with a dot)"],
        "cumulative": [f"{base}.{measure}" for base in MONEY_IN for measure in _CUMULATIVE],
        "stream": list(MONEY_IN),
        "special": [*_SPECIAL, "custom.<name>.count"],
    }[category]
