"""What an operator asks for: which list, of what, in which form, and why."""

import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
ListName = Literal["claims", "coupons", "benefit_grants", "messages"]


class ExportRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """`code` narrows the list to one task, coupon template, benefit or message template; both days are included."""

    list: ListName
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    format: Literal["csv", "xlsx"] = "xlsx"
    code: Code | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    keep_days: Annotated[int, Meta(ge=1, le=30)] = 7
