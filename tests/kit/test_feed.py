"""Who waits for a subject is woken by hints of any process, and by the return of a connection that was lost."""

from redis.asyncio import Redis

from kit import redis
from kit.feed import Feed
from tests.conftest import Servers


async def test_hints_wake_and_so_does_listening_again(database: str, servers: Servers) -> None:
    feed = Feed()
    with feed.watch(7) as mine, feed.watch(8) as theirs:
        feed.start()
        try:
            assert await mine.wait(20), "we listen: what was said before is lost"
            assert await theirs.wait(20)
            await redis.publish_changed([7])
            assert await mine.wait(20)
            assert not await theirs.wait(0.05)
            async with Redis.from_url(servers.redis_url) as client:
                await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            assert await mine.wait(20), "nobody knows what was said while nobody listened"
            assert await theirs.wait(20)
            await redis.publish_changed([8])
            assert await theirs.wait(20)
        finally:
            await feed.stop()


async def test_who_no_longer_waits_is_forgotten() -> None:
    feed = Feed()
    with feed.watch(7) as mine:
        feed.wake(7)
        assert await mine.wait(1)
    feed.wake(7)
    assert not await mine.wait(0.01)
