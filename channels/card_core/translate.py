"""From the core's wire format to the house's events: one typed decode for a good batch, one by one for a bad one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from channels.card_core.wire_events import CardTold, EventBatch, EventTold, LooseBatch, MerchantTold, RawBatch
from domain.events.event import MONEY_IN, STATUS, TAKES_BACK, Event, is_known_type
from kit.errors import Fault
from kit.http.problems import bad_input, fault_of
from kit.masking import looks_like_pan

_whole = msgspec.json.Decoder(EventBatch)
_outer = msgspec.json.Decoder(RawBatch)
_single = msgspec.json.Decoder(EventTold)
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_MONEY = frozenset((*MONEY_IN, *TAKES_BACK))
_MOST_ATTRIBUTES, _ATTRIBUTE_BYTES, _ATTRIBUTE_DEPTH = 50, 4_096, 4
_ISSUERS = tuple("3456")
_SHORTEST_CARD = 10**14
_NO_CARD, _NO_MERCHANT = CardTold(), MerchantTold()


@dataclass(frozen=True)
class ReadBatch:
    """A request's good events, where each stood in it, and what is wrong with the others."""

    events: list[Event] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    faults: list[tuple[int, Fault]] = field(default_factory=list)


def read_batch(body: bytes, source: str) -> ReadBatch:
    """Decode and check every event of a request; a fault's path begins inside its event (`card.last4`).

    Raises `BadInput` when the body as a whole is not a batch.
    """
    read = ReadBatch()
    may_hold_nul = b"\\u0000" in body
    for index, told in enumerate(_told(body)):
        fault = told if isinstance(told, Fault) else _fault_in(told, may_hold_nul)
        if isinstance(told, EventTold) and fault is None:
            read.events.append(_translate(told, source))
            read.places.append(index)
        elif fault is not None:
            read.faults.append((index, fault))
    return read


def _told(body: bytes) -> list[EventTold] | list[EventTold | Fault]:
    try:
        return _whole.decode(body).events
    except _MALFORMED:
        return [_decoded(event) for event in _split(body)]


def _split(body: bytes) -> list[msgspec.Raw] | list[bytes]:
    try:
        return _outer.decode(body).events
    except msgspec.ValidationError as error:
        raise bad_input(error) from None
    except (msgspec.DecodeError, RecursionError) as error:
        malformed = error
    # A text cut in the middle of a character (half a surrogate pair) spoils the whole body for msgspec; Python's
    # own reader is lenient enough to get at the other events.
    try:
        events = msgspec.convert(json.loads(body.decode()), LooseBatch).events
    except (ValueError, RecursionError):
        raise bad_input(malformed) from None
    return [json.dumps(event).encode() for event in events]


def _decoded(raw: msgspec.Raw | bytes) -> EventTold | Fault:
    try:
        return _single.decode(raw)
    except RecursionError:
        return Fault("", "invalid", "nested too deeply")
    except _MALFORMED as error:
        return fault_of(error)


def _fault_in(told: EventTold, may_hold_nul: bool) -> Fault | None:
    """What the types cannot say; the first fault found."""
    if not is_known_type(told.type):
        return Fault("type", "unknown_type", "not a type of event we know")
    if told.currency is not None and told.currency != "CNY":
        return Fault("currency", "invalid", "only CNY")
    if told.amount_fen == 0 and told.type in _MONEY:
        return Fault("amount_fen", "invalid", f"a {told.type} has an amount above 0")
    if not 1970 <= told.occurred_at.year < 9999:
        return Fault("occurred_at", "invalid", "before 1970 or after 9998")
    card = told.card
    if card is not None and card.token is not None and looks_like_pan(card.token):
        return Fault("card.token", "card_number", "this is a full card number; send the token of the card")
    if told.attributes or told.type == STATUS:
        fault = _fault_in_attributes(told.attributes or {}, told.type)
        if fault is not None:
            return fault
    if may_hold_nul:
        for path, text in _texts(told):
            if "\x00" in text:
                return Fault(path, "invalid", "text may not contain U+0000")
    return None


def _fault_in_attributes(attributes: dict[str, Any], kind: str) -> Fault | None:
    if kind == STATUS:
        name = attributes.get("name")
        if not isinstance(name, str) or not 1 <= len(name) <= 64:
            return Fault("attributes.name", "missing", "a status has a name of 1 to 64 characters")
        if not isinstance(attributes.get("value"), (bool, int, float, str)):
            return Fault("attributes.value", "missing", "a status has a value: true, false, a number or a text")
    if len(attributes) > _MOST_ATTRIBUTES:
        return Fault("attributes", "too_large", f"more than {_MOST_ATTRIBUTES} attributes")
    fault = _fault_in_value(attributes, _ATTRIBUTE_DEPTH)
    if fault is not None:
        return Fault(f"attributes{fault.path}", fault.code, fault.detail)
    if len(msgspec.json.encode(attributes)) > _ATTRIBUTE_BYTES:
        return Fault("attributes", "too_large", f"more than {_ATTRIBUTE_BYTES} bytes")
    return None


def _fault_in_value(value: Any, depth: int) -> Fault | None:
    """The first fault in an attribute, its path relative to it; at most `depth` levels of lists and objects."""
    if isinstance(value, str):
        return _fault_in_text(value)
    if isinstance(value, int):
        return _fault_in_text(str(value)) if value >= _SHORTEST_CARD else None
    if not isinstance(value, (dict, list)):
        return None
    if depth == 0:
        return Fault("", "too_large", "nested too deeply")
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in inside:
        if isinstance(key, str):
            step, fault = f".{key}", _fault_in_text(key)
            if fault is not None:  # told at the object: the key may be what must not be repeated
                return fault
        else:
            step = f"[{key}]"
        fault = _fault_in_value(inner, depth - 1)
        if fault is not None:
            return Fault(step + fault.path, fault.code, fault.detail)
    return None


def _fault_in_text(text: str) -> Fault | None:
    if "\x00" in text:
        return Fault("", "invalid", "text may not contain U+0000")
    # Order numbers are long numbers too: only the lengths and first digits that card schemes use are refused.
    if len(text) >= 15 and text.startswith(_ISSUERS) and looks_like_pan(text):
        return Fault("", "card_number", "this may be a full card number, which we may not keep")
    return None


def _texts(told: EventTold) -> Iterator[tuple[str, str]]:
    parts: list[tuple[str, msgspec.Struct]] = [("", told)]
    if told.card is not None:
        parts.append(("card.", told.card))
    if told.merchant is not None:
        parts.append(("merchant.", told.merchant))
    for prefix, part in parts:
        for name in part.__struct_fields__:
            value = getattr(part, name)
            if isinstance(value, str):
                yield prefix + name, value


def _translate(told: EventTold, source: str) -> Event:
    card, merchant = told.card or _NO_CARD, told.merchant or _NO_MERCHANT
    return Event(
        source=source,
        event_id=told.event_id,
        type=told.type,
        customer_no=told.customer_no,
        occurred_at=told.occurred_at,
        amount_fen=told.amount_fen,
        mcc=told.mcc,
        merchant_id=merchant.id,
        merchant_name=merchant.name,
        channel=told.channel,
        card_token=card.token,
        card_last4=card.last4,
        card_product=card.product,
        auth_code=told.auth_code,
        original_event_id=told.original_event_id,
        attributes=told.attributes or None,
    )
