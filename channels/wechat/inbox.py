"""Callbacks are stored once and handed on in the same transaction; what nobody can take now waits for the worker."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from channels.wechat.handlers import HANDLERS, Handler
from channels.wechat.told import Told
from kit import clock, database, logging
from kit.database import Connection

log = logging.get("channels")
Table = Mapping[str, tuple[Handler, ...]]
PARTNER = "wechat"
MOST_ATTEMPTS = 12
KEPT_FOR = timedelta(days=90)
# WeChat waits five seconds and gives up after three calls.
_PATIENCE_SECONDS = 3.0
_BATCH = 100
_PAUSE = timedelta(seconds=15)


async def take(callback: Told, nonce: str, handlers: Table = HANDLERS) -> None:
    """Durable when this returns, and handed on unless a handler failed or waits for a lock: then the worker does it.

    A repeat, by its content or by `nonce`, does nothing.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await database.retried(lambda: _store(callback, nonce, handlers))
            return
    except TimeoutError:
        log.warning("wechat.callback_waits", kind=callback.kind, reason="timeout")
    except database.UNREACHABLE:
        raise
    except Exception as error:
        log.error("wechat.callback_waits", kind=callback.kind, reason=type(error).__name__, exc_info=error)
    await database.retried(lambda: _store(callback, nonce, None))


async def hear_again(handlers: Table = HANDLERS) -> int:
    """Hand on what waits; returns how many were. What fails twelve times, ever more seldom, is parked."""
    async with database.transaction() as connection:
        rows = await connection.fetch(
            """SELECT id, app, dedupe_key, openid, kind, content::text AS content, told_at, attempts
               FROM wechat_callback
               WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED""",
            clock.now(),
            _BATCH,
        )
        handed = 0
        for row in rows:
            content = msgspec.json.decode(row["content"])
            callback = Told(row["app"], row["dedupe_key"], row["openid"], row["kind"], content, row["told_at"])
            if await _handed(connection, callback, handlers):
                handed += 1
                await connection.execute(
                    "UPDATE wechat_callback SET state = 'handed', due_at = NULL WHERE id = $1", row["id"]
                )
            else:
                await _put_off(connection, row["id"], row["attempts"] + 1)
    return handed


async def purge_callbacks() -> int:
    """Forget what was dealt with 90 days ago; returns how many. Safe to repeat."""
    done = await database.execute(
        "DELETE FROM wechat_callback WHERE state IN ('handed', 'kept') AND received_at < $1", clock.now() - KEPT_FOR
    )
    return int(done.rsplit(" ", 1)[1])


async def _store(callback: Told, nonce: str, handlers: Table | None) -> None:
    """One transaction: the nonce, the row, and what the handlers make of it (None: that is for later)."""
    now = clock.now()
    concerned = (handlers or {}).get(callback.kind, ())
    state = "waiting" if handlers is None else "handed" if concerned else "kept"
    async with database.transaction() as connection:
        fresh = await connection.fetchval(
            """INSERT INTO partner_nonce (partner, nonce, used_at) VALUES ($1, $2, $3)
               ON CONFLICT (partner, nonce) DO NOTHING RETURNING id""",
            PARTNER,
            nonce,
            now,
        )
        if fresh is None:
            return
        stored = await connection.fetchval(
            """INSERT INTO wechat_callback
                 (app, dedupe_key, openid, kind, content, told_at, received_at, state, attempts, due_at)
               VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, 0, $9)
               ON CONFLICT (app, dedupe_key) DO NOTHING RETURNING id""",
            callback.app,
            callback.dedupe_key,
            callback.openid,
            callback.kind,
            msgspec.json.encode(callback.content).decode(),
            callback.told_at,
            now,
            state,
            now if state == "waiting" else None,
        )
        if stored is None:
            return
        for handler in concerned:
            await handler(connection, [callback])


async def _handed(connection: Connection, callback: Told, handlers: Table) -> bool:
    try:
        async with connection.transaction():
            for handler in handlers.get(callback.kind, ()):
                await handler(connection, [callback])
    except database.UNREACHABLE:
        raise
    except Exception as error:
        log.error("wechat.callback_failed", kind=callback.kind, reason=type(error).__name__, exc_info=error)
        return False
    return True


async def _put_off(connection: Connection, row_id: int, attempts: int) -> None:
    parked = attempts >= MOST_ATTEMPTS
    await connection.execute(
        "UPDATE wechat_callback SET attempts = $2, state = $3, due_at = $4 WHERE id = $1",
        row_id,
        attempts,
        "parked" if parked else "waiting",
        None if parked else clock.now() + _PAUSE * 2**attempts,
    )
