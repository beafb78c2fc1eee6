"""Valkey/Redis: hints between processes, never the truth. Everything goes on without it, only less promptly."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence

import redis.asyncio as aioredis
from redis.exceptions import RedisError

from kit import logging

log = logging.get("redis")
CHANGED = "changed"
_client: aioredis.Redis | None = None
_untold: set[int] = set()
_telling: asyncio.Task[None] | None = None


def connect(url: str) -> aioredis.Redis:
    """The client of the process; connections are opened when needed."""
    global _client
    _client = aioredis.from_url(url, socket_connect_timeout=1, socket_timeout=2)
    return _client


async def close() -> None:
    """Give the connections back; idempotent."""
    global _client
    if _telling is not None:
        await asyncio.wait([_telling])
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


async def publish_changed_soon(customer_ids: Collection[int]) -> None:
    """As `publish_changed`, for hot paths: waits for nothing, and while one hint is on its way the next gathers."""
    global _telling
    _untold.update(customer_ids)
    if _untold and (_telling is None or _telling.done()):
        _telling = asyncio.create_task(_publish_untold())


async def _publish_untold() -> None:
    while _untold:
        told = sorted(_untold)
        _untold.clear()
        await publish_changed(told)


async def changed_customers() -> AsyncIterator[list[int]]:
    """The ids other processes (and this one) publish, for as long as the connection holds; none at first, as soon as
    nothing can be missed any more.
    """
    if _client is None:
        return
    async with _client.pubsub() as listener:
        await listener.subscribe(CHANGED)
        await listener.get_message(timeout=2)  # its confirmation
        yield []
        while True:
            message = await listener.get_message(ignore_subscribe_messages=True, timeout=10)
            if message is not None:
                yield [int(part) for part in message["data"].split(b",")]
