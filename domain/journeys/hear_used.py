"""Journeys hear of used coupons."""

from collections.abc import Sequence

from domain import approvals, coupons, customers
from domain.facts import CouponUsed
from domain.journeys.catalogue import catalogue
from domain.journeys.hear import score
from kit.database import Connection


async def hear_used(connection: Connection, facts: Sequence[CouponUsed]) -> None:
    """Let used coupons reach goals. Locks the customers, shares the live set; idempotent."""
    await catalogue.refresh()
    if not any(key.startswith("coupon:") for key in catalogue.goals):
        return
    owners = await coupons.owners(connection, [fact.coupon_id for fact in facts])
    await customers.lock(connection, {customer_id for customer_id, _ in owners})
    await catalogue.follow(await approvals.share_live_set(connection))
    by_key: dict[str, set[int]] = {}
    for customer_id, template in owners:
        by_key.setdefault(f"coupon:{template}", set()).add(customer_id)
    for key, customer_ids in sorted(by_key.items()):
        await score(connection, key, sorted(customer_ids))
