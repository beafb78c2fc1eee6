"""Loan products as operators write them: by which of the bank's interfaces a loan is asked for."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Channel = Literal["bank_app", "wechat_mini", "wechat_h5"]
Scope = Literal["first_drawdown", "ordinary"]
CustomerType = Literal["individual", "payroll", "business", "employee"]
CreditMode = Literal["revolving", "single", "preapproved"]


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who keeps loans as assets, or funds them; customers read the name."""

    code: Code
    name: Name


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Loans asked for here are of these parties; an empty list asks for nothing.

    `customer_type` and `credit_mode` are told to the core instead of its own, where they are given.
    """

    asset_party: Code
    funding_party: Code
    channels: list[Channel] = []
    scopes: list[Scope] = []
    customer_types: list[CustomerType] = []
    credit_modes: list[CreditMode] = []
    customer_type: CustomerType | None = None
    credit_mode: CreditMode | None = None


class LoanProducts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/loan-products/default`. The first product that fits a customer's situation is
    the one; who finds none cannot borrow there.
    """

    name: Name
    asset_parties: Annotated[list[Party], Meta(min_length=1, max_length=50)]
    funding_parties: Annotated[list[Party], Meta(min_length=1, max_length=50)]
    products: Annotated[list[Product], Meta(min_length=1, max_length=100)]


BUILT_IN = LoanProducts(
    name="信用卡借款",
    asset_parties=[Party("card_centre", "信用卡中心")],
    funding_parties=[Party("own", "自有资金")],
    products=[Product("card_centre", "own")],
)
"""In force while nothing else is live."""
