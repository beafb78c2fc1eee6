"""Brings the database to the newest schema; however many processes start at once, one migrates."""

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as apply_migrations

from kit import database


async def migrate(url: str) -> None:
    """Apply all migrations to `url`. Holds an advisory lock meanwhile; idempotent."""
    guard = await asyncpg.connect(url)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", database.MIGRATION_LOCK)
        await apply_migrations(config=database.config(url, pool=2))
        await Tortoise.close_connections()
    finally:
        await guard.close()
