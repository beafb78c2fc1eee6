"""A customer thought again."""

from domain import customers
from kit import clock, database


async def cancel_deletion(customer_id: int) -> None:
    """Stop a deletion that is cooling off; idempotent."""
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        await connection.execute(
            """UPDATE account_deletion SET state = 'cancelled', closed_at = $2
               WHERE customer_id = $1 AND state = 'cooling'""",
            customer_id,
            clock.now(),
        )
