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


class SupplierApi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a supplier issues on request, how often a second it may be asked, and when it is left alone: after so many
    calls in a row without an answer, for so many seconds.
    """

    url: Annotated[str, Meta(min_length=8, max_length=200)]
    requests_per_second: Annotated[float, Meta(ge=0.1, le=1_000)] = 10
    failures_to_open: Annotated[int, Meta(ge=1, le=1_000)] = 5
    open_seconds: Annotated[int, Meta(ge=1, le=3_600)] = 30


class SupplierExit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of open grants when the supplier exits: a benefit of this supplier → the benefit that takes its
    place. What is not named stays usable.
    """

    substitute: dict[Code, Code]


class SupplierDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The document behind `PUT /admin/v1/suppliers/{code}`: live is admitted, paused suspended, ended exited. An exit
    keeps what was granted usable, or substitutes it.

    `public_key` is the PEM of the RSA key that the supplier signs its callbacks with.
    """

    name: Name
    contact: Annotated[str, Meta(max_length=200)] = ""
    public_key: Annotated[str, Meta(max_length=4_000)] = ""
    api: SupplierApi | None = None
    exit: SupplierExit | None = None


class Validity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of `days` from the grant and `until` an instant."""

    days: Annotated[int, Meta(ge=1, le=3660)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class BenefitExchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it costs in experience points, how often one customer may exchange for it, and who: those of `audience`, but
    not those of `exclude`.
    """

    experience: Annotated[int, Meta(ge=1, le=10**9)]
    per_person: Count | None = None
    audience: Code | None = None
    exclude: Code | None = None


class BenefitDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/benefits/{code}`; a cap of null is no cap.

    With `codes` each grant takes one of the imported codes; with `supplier_api` the supplier issues it on request, as
    its `product` (the benefit's code unless given); `unlimited` needs neither. `stock` may bound the last two.
    Where the supplier confirms (`confirmed_by_supplier`), showing the code is not yet redeeming it.
    """

    name: Name
    kind: BenefitKind
    supplier: Code
    validity: Validity
    face_value_fen: Amount = 0
    cost_fen: Amount = 0
    stock_mode: Literal["codes", "supplier_api", "unlimited"] = "codes"
    stock: Count | None = None
    campaign: Code | None = None
    per_person: Count | None = None
    how_to_use: Annotated[str, Meta(max_length=500)] = ""
    product: Annotated[str, Meta(max_length=64)] = ""
    confirmed_by_supplier: bool = False
    exchange: BenefitExchange | None = None
