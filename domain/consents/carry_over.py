"""A visitor who turns out to be a customer has decided already."""

from kit import clock
from kit.database import Connection


async def carry_over(connection: Connection, visitor_id: int, customer_id: int) -> None:
    """Take over what the visitor decided where the customer never did, on the text the visitor read; idempotent.

    The caller holds the locks of both.
    """
    await connection.execute(
        """INSERT INTO consent (customer_id, purpose, granted, document_version, via, at)
           SELECT DISTINCT ON (v.purpose) $2, v.purpose, v.granted, v.document_version, v.via, $3
           FROM consent v
           WHERE v.customer_id = $1
             AND NOT EXISTS (SELECT FROM consent c WHERE c.customer_id = $2 AND c.purpose = v.purpose)
           ORDER BY v.purpose, v.id DESC""",
        visitor_id,
        customer_id,
        clock.now(),
    )
