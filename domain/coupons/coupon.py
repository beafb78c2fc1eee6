"""A coupon as the house sees it."""

from datetime import datetime

import msgspec

from domain.coupons.states import CouponState
from domain.coupons.template import Template


class Coupon(msgspec.Struct, frozen=True):
    """One coupon in one wallet; valid from `valid_from` until before `valid_until`."""

    id: int
    customer_id: int
    template: Template
    state: CouponState
    valid_from: datetime
    valid_until: datetime
    issued_at: datetime
    loan_id: int | None
    occupied_until: datetime | None
