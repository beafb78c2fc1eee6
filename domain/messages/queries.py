"""A customer's inbox."""

from datetime import datetime

import msgspec

from kit import database


class Message(msgspec.Struct, frozen=True):
    """One message as it was written."""

    id: int
    title: str
    body: str
    link: str | None
    category: str
    created_at: datetime
    read_at: datetime | None


_COLUMNS = ", ".join(Message.__struct_fields__)


async def inbox(customer_id: int, *, only_unread: bool, before: int | None, limit: int) -> list[Message]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""SELECT {_COLUMNS} FROM message
            WHERE customer_id = $1 AND ($2::bigint IS NULL OR id < $2) AND (NOT $3 OR read_at IS NULL)
            ORDER BY id DESC LIMIT $4""",
        customer_id,
        before,
        only_unread,
        limit,
    )
    return [Message(*row) for row in rows]


async def unread(customer_id: int) -> int:
    """How many messages wait to be read."""
    return int(
        await database.fetchval("SELECT count(*) FROM message WHERE customer_id = $1 AND read_at IS NULL", customer_id)
    )
