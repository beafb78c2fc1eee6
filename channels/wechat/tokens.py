"""WeChat's access token, shared by every process: one of them fetches it, the others wait for it."""

from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from kit import logging

log = logging.get("channels")
Fetch = Callable[[], Awaitable[tuple[str, int]]]
_LOCK_SECONDS, _WAIT_SECONDS, _MARGIN_SECONDS = 15, 10, 300


class TokenStore:
    """The token of one app in Redis, forgotten five minutes before WeChat forgets it."""

    def __init__(self, redis: Redis, app_id: str) -> None:
        self._redis, self._key = redis, f"wechat:{app_id}:token"

    async def token(self, fetch: Fetch, stale: str | None = None) -> str:
        """The shared token, or a new one by `fetch` (token and its seconds to live) when there is none but `stale`.

        Without Redis every caller fetches for itself, which WeChat's stable token allows.
        """
        try:
            return await self._known(stale) or await self._fetched_once(fetch, stale)
        except RedisError as error:
            log.warning("wechat.token_not_shared", reason=type(error).__name__)
            return (await fetch())[0]

    async def _known(self, stale: str | None) -> str | None:
        value = await self._redis.get(self._key)
        known = value.decode() if isinstance(value, bytes) else value
        return None if known == stale else known

    async def _fetched_once(self, fetch: Fetch, stale: str | None) -> str:
        name = f"{self._key}:lock"
        async with self._redis.lock(name, timeout=_LOCK_SECONDS, sleep=0.02, blocking_timeout=_WAIT_SECONDS):
            known = await self._known(stale)
            if known is None:
                known, seconds = await fetch()
                await self._redis.set(self._key, known, ex=max(seconds - _MARGIN_SECONDS, 60))
            return known
