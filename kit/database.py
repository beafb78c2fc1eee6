"""PostgreSQL through Tortoise's pool: one way to open a transaction, one way to read outside one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

Connection = asyncpg.Connection
Record = asyncpg.Record
T = TypeVar("T")

MIGRATION_LOCK = 0x6361_7264  # one migrator at a time
_after_commit: ContextVar[list[Callable[[], Awaitable[None]]] | None] = ContextVar("after_commit", default=None)
UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
)
"""What it looks like when the database is down, starting or going away."""
_RETRYABLE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


def config(url: str, *, pool: int = 10) -> dict[str, Any]:
    """Tortoise's configuration for `url` (`postgres://user:password@host:port/name`)."""
    options = f"{'&' if '?' in url else '?'}minsize=1&maxsize={pool}"
    return {
        "connections": {"default": url.replace("postgresql://", "postgres://", 1) + options},
        "apps": {
            "models": {
                "models": ["models"],
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def connect(url: str, *, pool: int = 10) -> None:
    """Open the pool for the whole process."""
    await Tortoise.init(config=config(url, pool=pool), _enable_global_fallback=True)


async def close() -> None:
    """Close the pool; idempotent."""
    await Tortoise.close_connections()


@asynccontextmanager
async def transaction() -> AsyncIterator[Connection]:
    """One transaction; ORM calls inside join it, raw SQL goes through the connection it yields.

    Inside: no HTTP, no Redis as truth, no `gather`, no `create_task`.
    """
    outer = _after_commit.get()
    callbacks: list[Callable[[], Awaitable[None]]] = [] if outer is None else outer
    token = _after_commit.set(callbacks)
    try:
        async with _begun() as wrapper:
            yield wrapper._connection
    finally:
        _after_commit.reset(token)
    if outer is None:
        for callback in callbacks:
            await callback()


@asynccontextmanager
async def _begun() -> AsyncIterator[Any]:
    """Tortoise's transaction, without its leak: when BEGIN itself fails (the server has gone), Tortoise keeps the dead
    connection in the task's context, and every later query of that task would meet it again.
    """
    context = in_transaction("default")
    try:
        wrapper = await context.__aenter__()
    except BaseException:
        if hasattr(context, "token"):  # it had taken a connection from the pool
            context.client._finalized = True
            await context.__aexit__(None, None, None)
        raise
    try:
        yield wrapper
    except BaseException as error:
        await context.__aexit__(type(error), error, error.__traceback__)
        raise
    await context.__aexit__(None, None, None)


def after_commit(callback: Callable[[], Awaitable[None]]) -> None:
    """Run `callback` once the outermost transaction has committed; for hints whose loss does no harm."""
    callbacks = _after_commit.get()
    if callbacks is None:
        raise RuntimeError("after_commit belongs inside a transaction")
    callbacks.append(callback)


@asynccontextmanager
async def connection() -> AsyncIterator[Connection]:
    """A connection for reading, outside any transaction."""
    async with get_connection("default").acquire_connection() as raw:
        yield raw


async def fetch(sql: str, *values: Any) -> list[Record]:
    """All rows of a query outside a transaction."""
    async with connection() as raw:
        return await raw.fetch(sql, *values)


async def fetchrow(sql: str, *values: Any) -> Record | None:
    """The first row of a query outside a transaction."""
    async with connection() as raw:
        return await raw.fetchrow(sql, *values)


async def fetchval(sql: str, *values: Any) -> Any:
    """The first value of a query outside a transaction."""
    async with connection() as raw:
        return await raw.fetchval(sql, *values)


async def execute(sql: str, *values: Any) -> str:
    """One statement, committed by itself."""
    async with connection() as raw:
        return await raw.execute(sql, *values)


async def executemany(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """One statement for each row, committed together."""
    async with connection() as raw:
        await raw.executemany(sql, rows)


async def retried(work: Callable[[], Awaitable[T]], attempts: int = 4) -> T:
    """`work` (a whole transaction) again when PostgreSQL chose it as the victim of a deadlock."""
    for attempt in range(1, attempts):
        try:
            return await work()
        except _RETRYABLE:
            await asyncio.sleep(0.01 * attempt)
    return await work()
