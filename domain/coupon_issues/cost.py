"""What an issue may cost."""

from domain import coupons


async def of(template: str, customers: int) -> int:
    """In fen, at most: a coupon for each of them, at the price of now."""
    await coupons.catalogue.refresh()
    return coupons.template_cost_fen(template) * customers
