"""All customers, page by page, for whoever looks at every one of them."""

from collections.abc import Sequence

from domain.customers.profile import Profile
from kit.database import Connection

_COLUMNS = ", ".join(Profile.__struct_fields__)
_WHO = """FROM customer WHERE customer_no IS NOT NULL AND erased_at IS NULL
          AND ($1::text[] IS NULL OR branch = ANY($1))"""


async def count(connection: Connection, within: Sequence[str] | None) -> int:
    """How many there are, visitors and erased ones aside; of these branches only, if named."""
    return int(await connection.fetchval(f"SELECT count(*) {_WHO}", within))


async def after(connection: Connection, customer_id: int, within: Sequence[str] | None, limit: int) -> list[Profile]:
    """The next of them by id."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} {_WHO} AND id > $2 ORDER BY id LIMIT $3", within, customer_id, limit
    )
    return [Profile(*row) for row in rows]
