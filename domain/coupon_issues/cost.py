"""What an issue may cost."""

import msgspec

from domain import approvals, coupons
from domain.coupons import CouponTemplate


async def of(template: str, customers: int) -> int:
    """In fen, at most: a coupon for each of them, at the price of the version that was live last. One that is paused
    costs the same: it may be live again when the coupons are issued.
    """
    [*_, version] = await approvals.ever_live(coupons.TEMPLATES.name, template)
    definition = msgspec.convert(version.body, CouponTemplate)
    return definition.cost_fen * customers
