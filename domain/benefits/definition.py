"""Suppliers and benefits as operators write them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Amount = Annotated[int, Meta(ge=0, le=10**11)]
Count = Annotated[int, Meta(ge=1, le=2_000_000_000)]


class BenefitKind(StrEnum):
    """What a customer has of it."""

    VOUCHER_CODE = "voucher_code"
    TOP_UP = "top_up"
    MEMBERSHIP = "membership"
    LOUNGE = "lounge"
    OFFLINE_SERVICE = "offline_service"


class SupplierDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/suppliers/{code}`: live is admitted, paused suspended, ended exited. An exit
    keeps what was granted usable.
    """

    name: Name
    contact: Annotated[str, Meta(max_length=200)] = ""


class Validity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of `days` from the grant and `until` an instant."""

    days: Annotated[int, Meta(ge=1, le=3660)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class BenefitDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/benefits/{code}`; a cap of null is no cap.

    With `codes` each grant takes one of the imported codes; `unlimited` needs none, and `stock` may bound it.
    """

    name: Name
    kind: BenefitKind
    supplier: Code
    validity: Validity
    face_value_fen: Amount = 0
    cost_fen: Amount = 0
    stock_mode: Literal["codes", "unlimited"] = "codes"
    stock: Count | None = None
    campaign: Code | None = None
    per_person: Count | None = None
    how_to_use: Annotated[str, Meta(max_length=500)] = ""
