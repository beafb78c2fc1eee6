"""A session that nobody uses ends by itself."""

from datetime import datetime, timedelta

from kit import clock, database
from kit.errors import Unauthenticated

_EVERY = timedelta(minutes=1)
_LARGEST = 10_000
_touched: dict[str, datetime] = {}


async def touch(session_id: str, idle: timedelta) -> None:
    """The session is being used. Raises `Unauthenticated` (`session.idle`) when it was not for `idle`, by the machine's
    clock: it is about somebody who went away from the desk.

    Written once a minute and process, so that a session used by several processes is idle only if none has seen it.
    """
    now = clock.machine_now()
    last = _touched.get(session_id)
    if last is not None and now - last < _EVERY:
        return
    used = await database.fetchval(
        """UPDATE operator_session SET used_at = greatest(used_at, $2)
           WHERE id = $1 AND coalesce(used_at, created_at) > $3 RETURNING id""",
        session_id,
        now,
        now - idle,
    )
    if used is None:
        _touched.pop(session_id, None)
        raise Unauthenticated("session.idle", "长时间未操作，请重新登录")
    if len(_touched) >= _LARGEST:
        _touched.clear()
    _touched[session_id] = now


def forget_touched() -> None:
    """For a process that is to be as one that has just started, as tests ask."""
    _touched.clear()
