"""Redis that does not answer is waited for once, not at every call."""

from datetime import datetime, timedelta

from redis.exceptions import LockError, RedisError

from kit import clock, logging

log = logging.get("channels")
_PAUSE = timedelta(seconds=5)


class Away:
    """Whether Redis was away a moment ago: for five seconds nobody asks it again."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    @property
    def now(self) -> bool:
        """Still within those seconds."""
        return self._until is not None and clock.now() < self._until

    def note(self, error: RedisError) -> None:
        """It failed; that a lock was not to be had says nothing about Redis."""
        log.warning("wechat.secret_not_shared", reason=type(error).__name__)
        if not isinstance(error, LockError):
            self._until = clock.now() + _PAUSE
