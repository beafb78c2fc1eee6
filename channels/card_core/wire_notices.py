"""What the card core tells us of loans, exactly as it stands in the request."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST_NOTICES = 500
Number = Annotated[str, Meta(min_length=1, max_length=40)]


class ReductionTold(msgspec.Struct, forbid_unknown_fields=True):
    """What a coupon really took off the interest."""

    coupon_no: Number
    amount_fen: Annotated[int, Meta(ge=0, le=10**11)]


class NoticeTold(msgspec.Struct, forbid_unknown_fields=True):
    """What a loan is now, under our request number. `reductions` are those of a loan that is `disbursed` or
    `repaid_early`, as they stand; a coupon that is not named took nothing off.
    """

    notice_id: Annotated[str, Meta(min_length=1, max_length=64)]
    request_no: Number
    state: Literal["disbursed", "declined", "cancelled", "repaid_early"]
    occurred_at: Annotated[datetime, Meta(tz=True)]
    reason: Annotated[str, Meta(max_length=128)] | None = None
    reductions: Annotated[list[ReductionTold], Meta(max_length=20)] = []


class NoticeBatch(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request."""

    notices: Annotated[list[NoticeTold], Meta(max_length=MOST_NOTICES)]


class NoticeRejected(msgspec.Struct):
    """A notice that is of no loan of ours."""

    index: int
    notice_id: str
    code: str


class NoticesAnswer(msgspec.Struct):
    """What became of the notices of a request; a duplicate said what we knew."""

    accepted: int
    duplicates: int
    rejected: list[NoticeRejected]
