"""A version of a coupon template as this process holds it."""

from typing import Any

import msgspec

from domain.coupons.definition import LOAN_KINDS, CouponTemplate


class Template(msgspec.Struct, frozen=True):
    """One version; coupons keep the version they were issued under."""

    code: str
    version_id: int
    definition: CouponTemplate

    @property
    def for_loans(self) -> bool:
        """Whether coupons of this template reduce the interest of a loan."""
        return self.definition.kind in LOAN_KINDS

    @property
    def plain_value(self) -> dict[str, Any]:
        """The value as in the document: `{"days": 7}`."""
        value: dict[str, Any] = msgspec.to_builtins(self.definition.value)
        return value
