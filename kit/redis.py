"""Valkey/Redis: hints between processes, never the truth. Everything goes on without it, only less promptly."""

from collections.abc import AsyncIterator, Sequence

import redis.asyncio as aioredis
from redis.exceptions import RedisError

from kit import logging

log = logging.get("redis")
CHANGED = "changed"
_client: aioredis.Redis | None = None


def connect(url: str) -> aioredis.Redis:
    """The client of the process; connections are opened when needed."""
    global _client
    _client = aioredis.from_url(url, socket_connect_timeout=1, socket_timeout=2)
    return _client


async def close() -> None:
    """Give the connections back; idempotent."""
    global _client
    if _client is not None:
        await _client.aclose()
        _client = None


async def ping() -> bool:
    """Whether it answers."""
    if _client is None:
        return False
    try:
        return bool(await _client.ping())
    except (RedisError, OSError):
        return False


async def publish_changed(customer_ids: Sequence[int]) -> None:
    """Tell every process that something of these customers changed; a loss only delays their pages."""
    if _client is None or not customer_ids:
        return
    try:
        await _client.publish(CHANGED, ",".join(map(str, customer_ids)))
    except (RedisError, OSError) as error:
        log.warning("redis.publish_failed", error=str(error))


async def changed_customers() -> AsyncIterator[list[int]]:
    """The ids other processes (and this one) publish, for as long as the connection holds."""
    if _client is None:
        return
    async with _client.pubsub() as listener:
        await listener.subscribe(CHANGED)
        while True:
            message = await listener.get_message(ignore_subscribe_messages=True, timeout=10)
            if message is not None:
                yield [int(part) for part in message["data"].split(b",")]
