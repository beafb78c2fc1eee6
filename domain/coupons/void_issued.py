"""Take back what certain causes had issued."""

from collections.abc import Collection

from domain.coupons.void import void
from kit.database import Connection


async def void_issued(connection: Connection, sources: Collection[str], reason: str) -> list[str]:
    """Void the coupons issued for these sources; returns the sources whose coupon could not be taken back (`void`)."""
    rows = await connection.fetch("SELECT id, source FROM coupon WHERE source = ANY($1::text[])", list(sources))
    source_of = {row["id"]: row["source"] for row in rows}
    return [source_of[left.coupon_id] for left in await void(connection, list(source_of), reason)]
