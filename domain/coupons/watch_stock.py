"""Coupon templates of which few coupons are left."""

from domain.campaigns import Low, note_low
from kit import database

LOW_PERCENT = 10


async def watch_stock() -> int:
    """Warn of every live template with no more than a tenth of its stock left; returns how many warnings are new."""
    rows = await database.fetch(
        """SELECT s.template, s.stock, s.issued FROM coupon_stock s
           JOIN configuration c ON c.kind = 'coupon-templates' AND c.code = s.template AND c.state = 'live'
           WHERE (s.stock - s.issued)::bigint * 100 <= s.stock::bigint * $1""",
        LOW_PERCENT,
    )
    return await note_low("coupon_stock", [Low(*row) for row in rows])
