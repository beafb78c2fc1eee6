"""What we and suppliers say to each other, exactly as it stands in the messages (see docs/benefits.md)."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST_USAGES = 1_000
Number = Annotated[str, Meta(min_length=1, max_length=64)]
RequestNo = Annotated[str, Meta(min_length=1, max_length=40)]
VoucherCode = Annotated[str, Meta(min_length=1, max_length=200)]
Cost = Annotated[int, Meta(ge=0, le=10**11)]
Instant = Annotated[datetime, Meta(tz=True)]


class IssueAsked(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /issues`: issue one of `product`; the same `request_no` is issued once."""

    request_no: RequestNo
    product: Annotated[str, Meta(min_length=1, max_length=64)]


class IssueQueried(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /issue-queries`: what became of a request. Asked with a body, so that the signature covers it."""

    request_no: RequestNo


class UsageTold(msgspec.Struct, forbid_unknown_fields=True):
    """One usage: of exactly one of a request and a code. `usage_no` is the supplier's own number of it, for ever."""

    usage_no: Number
    used_at: Instant
    request_no: RequestNo | None = None
    code: VoucherCode | None = None
    cost_fen: Cost | None = None


class UsageBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a callback when every usage in it is well formed."""

    usages: Annotated[list[UsageTold], Meta(min_length=1, max_length=MOST_USAGES)]


class RawUsageBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The same body with each usage left as it came, to be judged by itself."""

    usages: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_USAGES)]


class ParkedAnswer(msgspec.Struct):
    """A usage that brought no grant forward; kept, and listed for operators."""

    index: int
    usage_no: str
    code: str


class RejectedUsage(msgspec.Struct):
    """A usage that was not taken, and the place inside it that is wrong."""

    index: int
    path: str
    code: str
    detail: str


class UsageAnswer(msgspec.Struct):
    """What became of the usages of a callback; indexes count from 0 in it."""

    accepted: int
    duplicates: int
    parked: list[ParkedAnswer]
    rejected: list[RejectedUsage]


class RecordTold(msgspec.Struct, forbid_unknown_fields=True):
    """A row of the daily file. The `record_no` of what was `used` is the `usage_no` of its callback."""

    record_no: Number
    kind: Literal["issued", "used"]
    at: Instant
    request_no: RequestNo | None = None
    code: VoucherCode | None = None
    cost_fen: Cost | None = None
