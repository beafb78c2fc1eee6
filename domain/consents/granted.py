"""Who agrees to something at present."""

from collections.abc import Collection

from domain.consents.purpose import WITHOUT_ENTRY, Purpose
from kit.database import Connection


async def granted(connection: Connection, customer_ids: Collection[int], purpose: Purpose) -> set[int]:
    """Those of `customer_ids` whose latest decision says yes; personalisation also those who never decided."""
    rows = await connection.fetch(
        """SELECT t.id FROM unnest($1::bigint[]) AS t (id)
           WHERE coalesce((SELECT c.granted FROM consent c WHERE c.customer_id = t.id AND c.purpose = $2
                           ORDER BY c.id DESC LIMIT 1), $3)""",
        list(customer_ids),
        str(purpose),
        purpose in WITHOUT_ENTRY,
    )
    return {row[0] for row in rows}
