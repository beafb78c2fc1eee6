"""What makes an event unacceptable whatever channel it came by. Pure."""

from datetime import datetime, timedelta

from domain.events.event import MONEY_IN, STATUS, TAKES_BACK, Event, is_known_type
from kit.errors import Fault
from kit.masking import looks_like_pan

FUTURE_TOLERANCE = timedelta(hours=24)
"""A partner's clock, or its time zone, may be wrong by this much before we refuse to believe it."""
LARGEST_FEN = 10**13
"""A hundred thousand million yuan: sums of these still fit the column."""


def fault_of(event: Event, now: datetime) -> Fault | None:
    """The first thing wrong with `event`, or None."""
    if not is_known_type(event.type):
        return Fault("type", "event.unknown_type", f"unknown type {event.type!r}")
    if event.occurred_at.tzinfo is None:
        return Fault("occurred_at", "event.no_offset", "must carry its offset, as in 2026-11-01T12:30:00+08:00")
    if event.occurred_at > now + FUTURE_TOLERANCE:
        return Fault("occurred_at", "event.in_the_future", "lies more than 24 hours ahead")
    if event.occurred_at.year < 1970:
        return Fault("occurred_at", "event.impossible_time", "lies before 1970")
    if event.type in MONEY_IN + TAKES_BACK and event.amount_fen <= 0:
        return Fault("amount_fen", "event.no_amount", f"a {event.type} needs an amount above zero, in fen")
    if not 0 <= event.amount_fen <= LARGEST_FEN:
        return Fault("amount_fen", "event.impossible_amount", f"must lie between 0 and {LARGEST_FEN} fen")
    if event.card_token is not None and looks_like_pan(event.card_token):
        return Fault("card.token", "event.full_card_number", "looks like a full card number; send a token")
    if event.type == STATUS:
        return _status_fault(event)
    return None


def _status_fault(event: Event) -> Fault | None:
    attributes = event.attributes or {}
    name = attributes.get("name")
    if not isinstance(name, str) or not name:
        return Fault("attributes.name", "event.no_status", "a status event names its status, as in card.activated")
    if "value" not in attributes:
        return Fault("attributes.value", "event.no_status", "a status event carries its value, as in true")
    return None
