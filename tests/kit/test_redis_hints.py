"""Hints of hot paths: told soon, gathered while one is on its way, and never waited for."""

import asyncio
import time

from redis.asyncio import Redis

from kit import redis
from tests.conftest import Servers


async def heard(url: str, count: int) -> list[set[int]]:
    """The next messages on the channel, until `count` customers were told of."""
    told: list[set[int]] = []
    async with Redis.from_url(url) as client, client.pubsub() as listener:
        await listener.subscribe(redis.CHANGED)
        await listener.get_message(timeout=2)
        for batch in ([1, 2], [3], [4, 1]):
            await redis.publish_changed_soon(batch)
        async with asyncio.timeout(5):
            while len(set().union(*told)) < count:
                message = await listener.get_message(ignore_subscribe_messages=True, timeout=1)
                if message is not None:
                    told.append({int(part) for part in message["data"].split(b",")})
    return told


async def test_everybody_is_told_of_in_few_messages(database: str, servers: Servers) -> None:
    told = await heard(servers.redis_url, 4)
    assert set().union(*told) == {1, 2, 3, 4}
    assert len(told) <= 2


async def test_a_server_that_is_gone_delays_nobody(database: str) -> None:
    await redis.close()
    redis.connect("redis://192.0.2.1:6379/0")  # nobody ever answers there
    began = time.monotonic()
    for customer_id in range(100):
        await redis.publish_changed_soon([customer_id])
    assert time.monotonic() - began < 0.2
