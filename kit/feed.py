"""Wakes those in this process who wait for a subject to change, from hints of every process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from kit import logging, redis

log = logging.get("feed")


class Watcher:
    """One who waits."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something changed."""
        self._changed.set()

    async def wait(self, seconds: float) -> bool:
        """Whether something changed within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True


class Feed:
    """Hints may be lost, so watchers look again by themselves now and then."""

    def __init__(self) -> None:
        self._watchers: dict[int, set[Watcher]] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen from now on; reconnects by itself."""
        self._running = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Idempotent."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    @contextmanager
    def watch(self, subject: int) -> Iterator[Watcher]:
        """A watcher of one subject, for as long as the block lasts."""
        watcher = Watcher()
        self._watchers.setdefault(subject, set()).add(watcher)
        try:
            yield watcher
        finally:
            others = self._watchers[subject]
            others.discard(watcher)
            if not others:
                del self._watchers[subject]

    def wake(self, subject: int) -> None:
        """Wake the watchers of `subject`."""
        for watcher in self._watchers.get(subject, ()):
            watcher.wake()

    async def _listen(self) -> None:
        while True:
            try:
                async for subjects in redis.changed_customers():
                    # None: we listen again, and what was said meanwhile is lost, so everyone looks for themselves.
                    for subject in subjects or list(self._watchers):
                        self.wake(subject)
            except (RedisError, OSError) as error:
                log.warning("feed.lost", error=str(error))
            await asyncio.sleep(1)
