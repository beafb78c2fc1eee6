"""What a maker may ask for one customer, and how much of it."""

from typing import Annotated

import msgspec
from msgspec import Meta

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Amount = Annotated[int, Meta(ge=0, le=10**11)]


class CompensationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of a `coupon` of a template, points of `experience`, and a `benefit`. `message` is the template by
    which the customer is told; it can say `customer`, `reward` and `reason`.
    """

    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    coupon: Code | None = None
    experience: Annotated[int, Meta(ge=1, le=10**9)] | None = None
    benefit: Code | None = None
    message: Code | None = None


class EachCeiling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most one compensation may be worth: points, or the cost of the coupon or benefit in fen."""

    experience: Amount = 1_000
    cost_fen: Amount = 5_000


class DayCeiling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most one operator may ask for on a business day, all together; what was rejected does not count."""

    experience: Amount = 10_000
    cost_fen: Amount = 50_000
    count: Annotated[int, Meta(ge=0, le=1_000_000)] = 50


class MonthCeiling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most one customer may be promised in a calendar month, all together, whoever asks; what was rejected does not
    count.
    """

    experience: Amount = 5_000
    cost_fen: Amount = 20_000
    count: Annotated[int, Meta(ge=0, le=1_000_000)] = 20


class CompensationLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/compensation-limits/default`; until one is live its defaults hold."""

    each: EachCeiling = EachCeiling()
    per_operator_and_day: DayCeiling = DayCeiling()
    per_customer_and_month: MonthCeiling = MonthCeiling()
