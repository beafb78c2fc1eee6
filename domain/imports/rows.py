"""What one row of each kind of file may say. Pure."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kit.errors import Fault

Number = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,32}\Z", description="1 to 32 printable ASCII characters")]
Short = Annotated[str, Meta(min_length=1, max_length=32)]
Text64 = Annotated[str, Meta(min_length=1, max_length=64)]


class CustomerRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer; an empty cell leaves what is known as it is."""

    customer_no: Number
    name: Text64 | None = None
    stage: Literal["base", "payer", "wealth", "credit"] | None = None
    card_product: Short | None = None
    branch: Short | None = None
    billing_day: Annotated[int, Meta(ge=1, le=31)] | None = None


class CodeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A voucher code."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]


class WhiteListRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer who is put on the list, or struck off it."""

    customer_no: Number
    change: Literal["add", "remove"] = "add"


class TagRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The value a customer has; with `remove` they do not have the tag any more."""

    customer_no: Number
    value: Text64 | None = None
    remove: bool = False


class MemberRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member of an audience."""

    customer_no: Number


class EventRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event; `attributes` is a JSON object."""

    event_id: Text64
    type: Annotated[str, Meta(min_length=1, max_length=40)]
    customer_no: Number
    occurred_at: Annotated[datetime, Meta(tz=True)]
    amount_fen: Annotated[int, Meta(ge=0, le=10**13)] = 0
    mcc: Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")] | None = None
    merchant_id: Text64 | None = None
    merchant_name: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    channel: Short | None = None
    card_token: Text64 | None = None
    card_last4: Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")] | None = None
    card_product: Short | None = None
    auth_code: Annotated[str, Meta(min_length=1, max_length=16)] | None = None
    original_event_id: Text64 | None = None
    attributes: Annotated[str, Meta(max_length=4_096)] | None = None


class ListRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody for a list of risk: a customer's number, a device id, an address, an openid."""

    kind: Literal["customer", "device", "ip", "openid"]
    value: Annotated[str, Meta(min_length=1, max_length=128)]
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    until: Annotated[datetime, Meta(tz=True)]


_AT = re.compile(r" - at `\$\.?(.*)`\Z")
_NAMED = re.compile(r"field `(\w+)`")


def read_row(shape: type[Any], cells: dict[str, str]) -> Any:
    """The row as a `shape`, or the `Fault` that says what would be right. Empty cells are none."""
    given = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    try:
        return msgspec.convert(given, shape, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        text = str(error)
        found = _AT.search(text)
        detail = text[: found.start()] if found else text
        named = _NAMED.search(detail)
        path = found[1] if found else named[1] if named else ""
        code = "missing" if "missing required" in detail else "unknown" if "unknown field" in detail else "invalid"
        return Fault(path[:64], f"row.{code}", detail[:200])
