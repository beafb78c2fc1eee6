"""The values customers have, as computed or told last."""

from collections.abc import Collection, Sequence

from domain.tags.definition import Value
from kit.database import Connection


async def values(
    connection: Connection, customer_ids: Sequence[int], codes: Collection[str]
) -> dict[int, dict[str, Value]]:
    """By customer, of every one of `customer_ids`, and code; a tag somebody does not have is not there."""
    found: dict[int, dict[str, Value]] = {customer_id: {} for customer_id in customer_ids}
    if not codes or not found:
        return found
    rows = await connection.fetch(
        """SELECT customer_id, tag, flag, number, text FROM tag_value
           WHERE tag = ANY($1::text[]) AND customer_id = ANY($2::bigint[])""",
        list(codes),
        list(found),
    )
    for customer_id, tag, *given in rows:
        found[customer_id][tag] = next(value for value in given if value is not None)
    return found
