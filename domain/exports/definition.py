"""What an operator asks for: which list, of what, in which form, and why."""

import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Short = Annotated[str, Meta(min_length=1, max_length=64)]
ListName = Literal["claims", "coupons", "benefit_grants", "messages", "customers", "audit"]


class CustomerFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Customers who are all of this; an empty list asks for nothing. `min_level` is the rank of a level."""

    stages: list[Literal["base", "payer", "wealth", "credit"]] = []
    branches: Annotated[list[Short], Meta(max_length=200)] = []
    card_products: Annotated[list[Short], Meta(max_length=100)] = []
    min_level: Annotated[int, Meta(ge=0, le=99)] = 0


class AuditFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries of an operator; `action` and `subject` also match what is below them."""

    operator: Short | None = None
    action: Short | None = None
    subject: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class ExportRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """`code` narrows the list to one task, coupon template, benefit or message template, `customers` and `audit` the
    list of that name; both days (for customers: of when they were first heard of) are included.
    """

    list: ListName
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    format: Literal["csv", "xlsx"] = "xlsx"
    code: Code | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    keep_days: Annotated[int, Meta(ge=1, le=30)] = 7
    # Left out where nothing was said, so that what is said keeps its hash.
    customers: CustomerFilter | msgspec.UnsetType = msgspec.UNSET
    audit: AuditFilter | msgspec.UnsetType = msgspec.UNSET
