"""PostgreSQL through Tortoise's pool: one way to open a transaction, one way to read outside one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, TypeVar

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection

Connection = asyncpg.Connection
Record = asyncpg.Record
T = TypeVar("T")

MIGRATION_LOCK = 0x6361_7264  # one migrator at a time
_STATEMENTS = 500  # of each connection, kept prepared
_gate = asyncio.Semaphore(1)
_idle: list[Connection] = []
_transaction: ContextVar[Connection | None] = ContextVar("transaction", default=None)
_after_commit: ContextVar[list[Callable[[], Awaitable[None]]] | None] = ContextVar("after_commit", default=None)
_before_commit: ContextVar[list[Callable[[], Awaitable[None]]] | None] = ContextVar("before_commit", default=None)
UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What it looks like when the database is down, starting or going away."""
TIMED_OUT = asyncpg.QueryCanceledError
"""A statement took longer than its `statement_timeout`."""
REFUSED = (asyncpg.SyntaxOrAccessError, asyncpg.DataError)
"""A statement, or a value in it, that the database can make nothing of."""
_RETRYABLE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


def config(url: str, *, pool: int = 10, ready: int = 1) -> dict[str, Any]:
    """Tortoise's configuration for `url` (`postgres://user:password@host:port/name`)."""
    known = expand_db_url(url.replace("postgresql://", "postgres://", 1))
    # Nothing here changes a session, so that giving a connection back need not cost a round trip to reset it.
    known["credentials"] |= {
        "minsize": ready,
        "maxsize": pool,
        "init": _prepare,
        "reset": _leave,
        "statement_cache_size": _STATEMENTS,
    }
    return {
        "connections": {"default": known},
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


async def _prepare(connection: Connection) -> None:
    # Compiling a plan takes longer than any statement of the house.
    await connection.execute("SET jit = off")


async def _leave(_connection: Connection) -> None:
    return None


async def connect(url: str, *, pool: int = 10, ready: int = 1) -> None:
    """Open the pool for the whole process, `ready` of its connections at once."""
    global _gate
    _gate = asyncio.Semaphore(pool)
    _idle.clear()
    await Tortoise.init(config=config(url, pool=pool, ready=ready), _enable_global_fallback=True)
    client = get_connection("default")
    if client._pool is None:
        await client.create_connection(with_db=True)


async def close() -> None:
    """Close the pool; idempotent."""
    while _idle:
        await _pool().release(_idle.pop())
    await Tortoise.close_connections()


@asynccontextmanager
async def transaction() -> AsyncIterator[Connection]:
    """One transaction; a second one inside it is a savepoint of it.

    Inside: no HTTP, no Redis as truth, no `gather`, no `create_task`.
    """
    outer = _transaction.get()
    if outer is not None:
        async with _savepoint(outer):
            yield outer
        return
    callbacks: list[Callable[[], Awaitable[None]]] = []
    last: list[Callable[[], Awaitable[None]]] = []
    async with _acquired() as raw:
        tokens = _transaction.set(raw), _after_commit.set(callbacks), _before_commit.set(last)
        try:
            async with raw.transaction():
                yield raw
                for callback in last:
                    await callback()
        finally:
            _transaction.reset(tokens[0])
            _after_commit.reset(tokens[1])
            _before_commit.reset(tokens[2])
    for callback in callbacks:
        await callback()


@asynccontextmanager
async def _savepoint(outer: Connection) -> AsyncIterator[None]:
    waiting = _before_commit.get() or []
    known = len(waiting)
    try:
        async with outer.transaction():
            yield
    except BaseException:
        del waiting[known:]
        raise


@asynccontextmanager
async def _acquired() -> AsyncIterator[Connection]:
    """A connection of the pool, first come first served: the pool's own queue lets who has just come overtake those who
    wait, so that under load some wait many times as long as others.

    One that did its work stays at hand: the pool's giving and taking costs as much as a small query. After an error
    or a cancellation, it goes back to the pool, which knows what to do with it.
    """
    async with _gate:
        raw = await _at_hand() or await _pool().acquire()
        try:
            yield raw
        except BaseException:
            await _pool().release(raw)
            raise
        _idle.append(raw)


async def _at_hand() -> Connection | None:
    while _idle:
        raw = _idle.pop()
        with suppress(asyncpg.InterfaceError):  # it broke, and the pool has taken it back already
            if not raw.is_closed():
                return raw
            await _pool().release(raw)
    return None


def _pool() -> Any:
    """Tortoise's. Its own `in_transaction` is not used: where BEGIN fails it leaves the dead connection behind in the
    task's context, and every later query of that task would meet it again.
    """
    return get_connection("default")._pool


@asynccontextmanager
async def snapshot() -> AsyncIterator[Connection]:
    """A connection that sees, from its first statement to its last, the same commits, and can change nothing."""
    async with _acquired() as raw, raw.transaction(isolation="repeatable_read", readonly=True):
        yield raw


def after_commit(callback: Callable[[], Awaitable[None]]) -> None:
    """Run `callback` once the outermost transaction has committed; for hints whose loss does no harm."""
    callbacks = _after_commit.get()
    if callbacks is None:
        raise RuntimeError("after_commit belongs inside a transaction")
    callbacks.append(callback)


def before_commit(callback: Callable[[], Awaitable[None]]) -> None:
    """Run `callback` as the last thing inside the outermost transaction, unless what asked for it is rolled back."""
    callbacks = _before_commit.get()
    if callbacks is None:
        raise RuntimeError("before_commit belongs inside a transaction")
    callbacks.append(callback)


@asynccontextmanager
async def connection() -> AsyncIterator[Connection]:
    """A connection for reading: the transaction's inside one, else any."""
    joined = _transaction.get()
    if joined is not None:
        yield joined
        return
    async with _acquired() as raw:
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
