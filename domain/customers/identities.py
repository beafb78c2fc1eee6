"""The WeChat identities bound to a customer, for their own pages."""

from datetime import datetime

import msgspec

from kit import database


class BoundIdentity(msgspec.Struct, frozen=True):
    """One bound identity; `subject` is its openid in full."""

    id: int
    channel: str
    subject: str
    bound_at: datetime


async def identities(customer_id: int) -> list[BoundIdentity]:
    """Those of one customer, oldest binding first."""
    rows = await database.fetch(
        """SELECT id, channel, subject, bound_at FROM identity
           WHERE customer_id = $1 AND bound_at IS NOT NULL ORDER BY bound_at, id""",
        customer_id,
    )
    return [BoundIdentity(*row) for row in rows]
