"""What the card core tells us, exactly as it stands in the request; bounds are those of what we can keep."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

MOST_EVENTS = 5_000
Name32 = Annotated[str, Meta(min_length=1, max_length=32)]
Name64 = Annotated[str, Meta(min_length=1, max_length=64)]
Last4 = Annotated[str, Meta(pattern=r"^[0-9]{4}\Z", description="The last four digits of the card")]
Mcc = Annotated[str, Meta(pattern=r"^[0-9]{4}\Z", description="Merchant category code, ISO 18245")]


class CardTold(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A card: the core's token for it, never its number."""

    token: Name64 | None = None
    last4: Last4 | None = None
    product: Name32 | None = None


class MerchantTold(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Where the card was used."""

    id: Name64 | None = None
    name: Annotated[str, Meta(min_length=1, max_length=128)] | None = None


class EventTold(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One event; a `status` event has `name` and `value` in its attributes."""

    event_id: Name64
    type: Annotated[str, Meta(min_length=1, max_length=40)]
    customer_no: Name32
    occurred_at: Annotated[datetime, Meta(tz=True)]
    amount_fen: Annotated[int, Meta(ge=0, le=10**13)] = 0
    currency: str | None = None
    card: CardTold | None = None
    mcc: Mcc | None = None
    merchant: MerchantTold | None = None
    channel: Name32 | None = None
    auth_code: Annotated[str, Meta(min_length=1, max_length=16)] | None = None
    original_event_id: Name64 | None = None
    attributes: dict[str, Any] | None = None


class EventBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request when every event in it is well formed."""

    events: Annotated[list[EventTold], Meta(max_length=MOST_EVENTS)]


class RawBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The same body with each event left as it came, to be judged by itself."""

    events: Annotated[list[msgspec.Raw], Meta(max_length=MOST_EVENTS)]


class LooseBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The same body once more, read by a more lenient reader."""

    events: Annotated[list[Any], Meta(max_length=MOST_EVENTS)]


class SuspendedAnswer(msgspec.Struct):
    """A repeat of a known event with different content; parked for operators."""

    index: int
    event_id: str
    code: str


class RejectedAnswer(msgspec.Struct):
    """An event that was not taken, and the place inside it that is wrong."""

    index: int
    path: str
    code: str
    detail: str


class BatchAnswer(msgspec.Struct):
    """What became of the events of a request; indexes count from 0 in it."""

    accepted: int
    duplicates: int
    suspended: list[SuspendedAnswer]
    rejected: list[RejectedAnswer]
