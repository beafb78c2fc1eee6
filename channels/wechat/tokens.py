"""What every call to WeChat needs and nobody may fetch twice (access token, JS-SDK ticket): shared by all processes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import LockError, RedisError

from kit import clock, logging

log = logging.get("channels")
Fetch = Callable[[], Awaitable[tuple[str, int]]]
_LOCK_SECONDS, _WAIT_SECONDS, _MARGIN_SECONDS, _SAME_SECONDS = 15, 10, 300, 10


class Shared:
    """One value of one app in Redis, forgotten five minutes before WeChat forgets it. `what` names it: `token`."""

    def __init__(self, redis: Redis, app_id: str, what: str) -> None:
        self._redis, self._key = redis, f"wechat:{app_id}:{what}"
        self._own: tuple[str, datetime] | None = None
        self._asking: dict[str | None, asyncio.Task[str]] = {}

    async def value(self, fetch: Fetch, stale: str | None = None) -> str:
        """The shared value, or a new one by `fetch` (value and its seconds to live) when there is none but `stale`.

        One process fetches while the others wait, and in each of them whoever asks meanwhile gets the same answer,
        also when it is an error. Without Redis a process remembers for itself, which WeChat's stable token allows.
        """
        asking = self._asking.get(stale)
        if asking is None:
            asking = asyncio.create_task(self._found(fetch, stale))
            self._asking[stale] = asking
            asking.add_done_callback(lambda done: self._answered(stale, done))
        # Who hangs up must not take the answer from the others.
        return await asyncio.shield(asking)

    def _answered(self, stale: str | None, done: "asyncio.Task[str]") -> None:
        self._asking.pop(stale, None)
        if not done.cancelled():
            done.exception()  # looked at, in case nobody waits any more

    async def _found(self, fetch: Fetch, stale: str | None) -> str:
        try:
            return await self._known(stale) or await self._fetched_once(fetch, stale)
        except RedisError as error:
            log.warning("wechat.secret_not_shared", reason=type(error).__name__)
        if self._own is not None and self._own[0] != stale and clock.now() < self._own[1]:
            return self._own[0]
        value, seconds = await fetch()
        self._remember(value, seconds)
        return value

    async def _known(self, stale: str | None) -> str | None:
        value = await self._redis.get(self._key)
        known = value.decode() if isinstance(value, bytes) else value
        return None if known == stale else known

    async def _fetched_once(self, fetch: Fetch, stale: str | None) -> str:
        name = f"{self._key}:lock"
        lock = self._redis.lock(name, timeout=_LOCK_SECONDS, sleep=0.02, blocking_timeout=_WAIT_SECONDS)
        if not await lock.acquire():
            raise LockError("whoever fetches takes too long")
        try:
            known = await self._known(stale)
            if known is None and stale is not None and await self._redis.exists(f"{self._key}:same"):
                known = stale
            return known if known is not None else await self._fetched(fetch, stale)
        finally:
            await self._released(lock)

    async def _fetched(self, fetch: Fetch, stale: str | None) -> str:
        value, seconds = await fetch()
        left = self._remember(value, seconds)
        try:
            await self._redis.set(self._key, value, ex=left)
            if value == stale:  # WeChat insists: asking at every call would not change its mind
                await self._redis.set(f"{self._key}:same", 1, ex=_SAME_SECONDS)
        except RedisError as error:
            log.warning("wechat.secret_not_shared", reason=type(error).__name__)
        return value

    async def _released(self, lock: object) -> None:
        try:
            await lock.release()  # type: ignore[attr-defined]
        except RedisError:  # it ran out, or Redis went away: either way it is nobody's lock any more
            log.warning("wechat.lock_not_released")

    def _remember(self, value: str, seconds: int) -> int:
        """Seconds to keep it."""
        left = max(seconds - _MARGIN_SECONDS, 60)
        self._own = value, clock.now() + timedelta(seconds=left)
        return left
