"""Under which names a channel knows our customers."""

from collections.abc import Collection

from kit.database import Connection


async def identities_of(connection: Connection, customer_ids: Collection[int], channel: str) -> dict[int, list[str]]:
    """Bound openids on `channel` (`wechat_mini`, `wechat_h5`), oldest binding first; who has none is left out."""
    rows = await connection.fetch(
        """SELECT customer_id, array_agg(subject ORDER BY bound_at, id) FROM identity
           WHERE customer_id = ANY($1::bigint[]) AND channel = $2 AND bound_at IS NOT NULL GROUP BY customer_id""",
        list(customer_ids),
        channel,
    )
    return {row[0]: row[1] for row in rows}
