"""Customers who leave us leave their journeys."""

from collections.abc import Collection

from domain.journeys import book
from domain.journeys.states import ACCOUNT_ERASED
from kit import clock
from kit.database import Connection


async def leave(connection: Connection, customer_ids: Collection[int]) -> None:
    """End these customers' runs; what they were given stays. Idempotent. The caller holds the customers' locks."""
    rows = await connection.fetch(
        f"""SELECT {book.COLUMNS} FROM journey_run
            WHERE customer_id = ANY($1::bigint[]) AND state = 'active' ORDER BY id""",
        list(customer_ids),
    )
    runs = await book.opened(rows)
    for run in runs:
        run.stop(ACCOUNT_ERASED)
    await book.store(connection, runs, clock.now())
