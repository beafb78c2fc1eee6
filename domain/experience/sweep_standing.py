"""A level table went live: everybody's standing benefits become its."""

from collections.abc import Sequence

from domain import outbox
from domain.experience.hold_standing import match
from domain.facts import StandingDue
from kit.database import Connection

PAGE = 200


async def sweep_standing(connection: Connection, facts: Sequence[StandingDue]) -> None:
    """One page of accounts, and word for the next page. Idempotent: what is right stays as it is."""
    for fact in facts:
        rows = await connection.fetch(
            "SELECT customer_id FROM experience_account WHERE customer_id > $1 ORDER BY customer_id LIMIT $2",
            fact.after_customer,
            PAGE,
        )
        await match(connection, [row["customer_id"] for row in rows])
        if len(rows) == PAGE:
            await outbox.record(connection, [StandingDue(rows[-1]["customer_id"])])
