"""PostgreSQL notices: what one process commits, every other learns at once. A hint, never the truth."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from kit import logging
from kit.database import Connection

log = logging.get("notices")
Told = Callable[[str], Awaitable[None]]
Resync = Callable[[], Awaitable[None]]

_HEARTBEAT_SECONDS = 1.0  # with the wait for its answer the two seconds a cut cable may hide a notice
_ANSWER_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 5.0
_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)  # OSError: time-outs too


async def notify(connection: Connection, channel: str, payload: str) -> None:
    """Tell every listening process of `payload` (under 8000 bytes) when the caller's transaction commits."""
    await connection.execute("SELECT pg_notify($1, $2)", channel, payload)


@dataclass
class _Listener:
    """One who listens. Notices reach it one after the other, so a slow one delays nobody else."""

    channel: str
    told: Told
    resync: Resync | None
    waiting: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        while True:
            payload = await self.waiting.get()
            try:
                if payload is not None:
                    await self.told(payload)
                elif self.resync is not None:
                    await self.resync()
            except Exception as error:
                log.error("notices.listener_failed", channel=self.channel, exc_info=error)


class Notices:
    """Listens on a connection of its own, which it replaces whenever it is lost.

    `url` must lead to a real session: a pooler in transaction mode loses LISTEN.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._listeners: list[_Listener] = []
        self._running: list[asyncio.Task[None]] = []
        self._connection: Connection | None = None
        self._since = 0.0

    def on(self, channel: str, told: Told, resync: Resync | None = None) -> None:
        """Before `start`: `told(payload)` for every notice; `resync()` whenever listening (again) began, as notices
        before that may have been missed.
        """
        self._listeners.append(_Listener(channel, told, resync))

    @property
    def listening_since(self) -> float | None:
        """The `time.monotonic()` from which on no notice was missed; None while not listening."""
        alive = self._connection is not None and not self._connection.is_closed()
        return self._since if alive else None

    async def start(self) -> None:
        """Listen. Raises `OSError` or an asyncpg error when the database cannot be reached at the start."""
        await self._connect()
        self._running = [asyncio.create_task(listener.run()) for listener in self._listeners]
        self._running.append(asyncio.create_task(self._keep()))

    async def stop(self) -> None:
        """Idempotent; what is not told yet stays untold."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []
        self._drop()

    async def _connect(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=_LONGEST_PAUSE_SECONDS)
        try:
            for channel in {listener.channel for listener in self._listeners}:
                await connection.add_listener(channel, self._hand_on)
        except BaseException:
            connection.terminate()
            raise
        self._connection, self._since = connection, time.monotonic()
        for listener in self._listeners:
            listener.waiting.put_nowait(None)

    def _hand_on(self, _: Any, __: int, channel: str, payload: object) -> None:
        for listener in self._listeners:
            if listener.channel == channel:
                listener.waiting.put_nowait(str(payload))

    async def _keep(self) -> None:
        while True:
            await self._until_lost()
            self._drop()
            await self._reconnect()

    async def _until_lost(self) -> None:
        # A cut cable closes nothing: only a question without an answer shows it.
        try:
            while self._connection is not None:
                await asyncio.sleep(_HEARTBEAT_SECONDS)
                await self._connection.fetchval("SELECT 1", timeout=_ANSWER_SECONDS)
        except _LOST as error:
            log.warning("notices.lost", error=repr(error))

    async def _reconnect(self) -> None:
        pause = 0.1
        while True:
            try:
                await self._connect()
            except _LOST as error:
                log.warning("notices.unreachable", error=repr(error), again_in_seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                log.info("notices.listening")
                return

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
