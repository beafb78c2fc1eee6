"""What a process holds of the tasks is one thing, whoever loads it at the same time."""

import asyncio

import asyncpg

from domain.tasks.catalogue import Catalogue
from tests.domain.tasks.making import special, task


async def test_a_version_asked_for_while_the_live_ones_are_loaded_is_live_for_both(database: str) -> None:
    version = await task("sign-in", special("sign_in.days", 3))
    outside = await asyncpg.connect(database)
    try:
        for _ in range(10):
            fresh = Catalogue()
            async with outside.transaction():
                await outside.execute("LOCK TABLE configuration IN ACCESS EXCLUSIVE MODE")
                loading = asyncio.create_task(fresh.refresh())
                await _waiting(outside, 1)
                asking = asyncio.create_task(fresh.know([version.id]))
                await _waiting(outside, 2)
            await asyncio.gather(loading, asking)
            assert fresh.is_live(fresh.version(version.id))
            assert fresh.version(version.id) is fresh.live["sign-in"]
    finally:
        await outside.close()


async def _waiting(outside: asyncpg.Connection, number: int) -> None:
    """Until so many wait for the table."""
    sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'configuration'::regclass"
    while await outside.fetchval(sql) < number:
        await asyncio.sleep(0.005)
