"""A customer has read messages of theirs."""

from domain import customers
from kit import clock, database, redis
from kit.database import Connection
from kit.errors import NotFound

_READ = "UPDATE message SET read_at = $2, change_no = nextval('change_no') WHERE customer_id = $1 AND read_at IS NULL"


async def read(customer_id: int, message_id: int) -> None:
    """Mark one message read; idempotent. Raises `NotFound`, also for somebody else's."""
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        sql = "SELECT id FROM message WHERE id = $1 AND customer_id = $2"
        found = await connection.fetchval(sql, message_id, customer_id)
        if found is None:
            raise NotFound("message.not_found", "没有这条消息")
        await _mark(connection, f"{_READ} AND id = $3", customer_id, message_id)


async def read_all(customer_id: int) -> None:
    """Mark every message of a customer read; idempotent."""
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        await _mark(connection, _READ, customer_id)


async def _mark(connection: Connection, sql: str, customer_id: int, *more: int) -> None:
    changed = await connection.execute(sql, customer_id, clock.now(), *more)
    if not changed.endswith(" 0"):
        database.after_commit(lambda: redis.publish_changed([customer_id]))
