"""Nothing is known any more of a customer who leaves."""

from kit.database import Connection


async def erase(connection: Connection, customer_id: int) -> None:
    """Forget every value; idempotent. The caller holds the customer's lock."""
    await connection.execute(
        "DELETE FROM tag_value WHERE tag = ANY(ARRAY(SELECT tag FROM tag_state)) AND customer_id = $1", customer_id
    )
