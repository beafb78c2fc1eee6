"""An endpoint whose quota of the day is used up (45009) is left alone until WeChat counts anew: midnight in Beijing."""

from datetime import datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

from kit import clock, logging

log = logging.get("channels")


def resets_at(now: datetime) -> datetime:
    """The next midnight in Beijing."""
    today = now.astimezone(clock.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


class Quotas:
    """Used-up endpoints of one app, by path: known to every process through Redis, to this one also without it."""

    def __init__(self, redis: Redis, app_id: str) -> None:
        self._redis, self._prefix = redis, f"wechat:{app_id}:quota:"
        self._own: dict[str, datetime] = {}

    async def used_up(self, path: str) -> bool:
        """Whether asking `path` again today is known to be in vain."""
        now = clock.now()
        until = self._own.get(path)
        if until is not None and now < until:
            return True
        try:
            value = await self._redis.get(self._prefix + path)
        except RedisError:
            return False
        if value is None:
            return False
        text = value.decode() if isinstance(value, bytes) else value
        return now < datetime.fromisoformat(text)

    async def note(self, path: str) -> None:
        """WeChat has answered `path` with 45009."""
        now = clock.now()
        until = resets_at(now)
        self._own[path] = until
        log.warning("wechat.quota_used_up", path=path, until=until.isoformat())
        try:
            await self._redis.set(self._prefix + path, until.isoformat(), ex=int((until - now).total_seconds()) + 1)
        except RedisError as error:
            log.warning("wechat.quota_not_shared", reason=type(error).__name__)
