"""What gateways tell us of messages they were given; the app's notifications are reported in the same words."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Number = Annotated[str, Meta(min_length=1, max_length=64)]
Instant = Annotated[datetime, Meta(tz=True)]


class ReceiptTold(msgspec.Struct, frozen=True):
    """What became of the message `message_id`; `reason` is the gateway's own word."""

    message_id: Number
    status: Literal["delivered", "failed"]
    at: Instant
    reason: Annotated[str, Meta(max_length=64)] | None = None


class ReceiptBatch(msgspec.Struct):
    """Receipts in any order."""

    receipts: Annotated[list[ReceiptTold], Meta(min_length=1, max_length=1_000)]


class ReplyTold(msgspec.Struct, frozen=True):
    """What a phone wrote back; the same `reply_id` is the same reply."""

    reply_id: Number
    phone: Annotated[str, Meta(min_length=1, max_length=20)]
    text: Annotated[str, Meta(max_length=1_000)]
    at: Instant


class ReplyBatch(msgspec.Struct):
    """Replies in any order."""

    replies: Annotated[list[ReplyTold], Meta(min_length=1, max_length=1_000)]


class TakenAnswer(msgspec.Struct):
    """All are durable; so many were new, the others had been told before."""

    accepted: int
    duplicates: int
