"""A connection whose changes nobody sees."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

Connection = asyncpg.Connection


@pytest.fixture
async def connection(migrated: str) -> AsyncIterator[Connection]:
    """One of its own, whose every change is rolled back."""
    connection = await asyncpg.connect(migrated)
    change = connection.transaction()
    await change.start()
    yield connection
    await change.rollback()
    await connection.close()
