"""A customer asks for everything we hold about them."""

from domain import customers
from domain.personal_data.exports import COLUMNS, Export
from kit import clock, database


async def request_export(customer_id: int) -> tuple[Export, bool]:
    """The export of this business day, and whether it was asked for just now: there is one a day."""
    now = clock.now()
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        made = await connection.fetchrow(
            f"""INSERT INTO data_export (customer_id, day, state, requested_at) VALUES ($1, $2, 'waiting', $3)
                ON CONFLICT (customer_id, day) DO NOTHING RETURNING {COLUMNS}""",
            customer_id,
            clock.business_day(now),
            now,
        )
        row = made or await connection.fetchrow(
            f"SELECT {COLUMNS} FROM data_export WHERE customer_id = $1 AND day = $2",
            customer_id,
            clock.business_day(now),
        )
    assert row is not None
    return Export(*row), made is not None
