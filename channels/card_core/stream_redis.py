"""The core tells us by a Redis stream: a consumer group in which every worker takes its share."""

import socket
import time
from typing import Any

import redis.asyncio as aioredis
from redis.exceptions import ResponseError

from channels.card_core.messages import MOST_MESSAGES, take
from domain.intake import Message
from kit import logging

log = logging.get("stream.redis")
FIELD = b"event"
_BLOCK_MS = 1_000
_BEGINNING = "0-0"
_GONE = ("NOGROUP", "UNBLOCKED")
Entry = tuple[bytes, dict[bytes, bytes]]


class RedisStream:
    """A member of the group `group` on `stream`; the group begins with the oldest entry there is.

    Entries are acknowledged after the database has committed. What a dead member left is taken over when it
    has lain idle for `idle_seconds`.
    """

    def __init__(self, url: str, stream: str, *, group: str = "cardquest", idle_seconds: float = 60.0) -> None:
        self._redis = aioredis.from_url(url, socket_connect_timeout=1, socket_timeout=5)
        self._stream, self._group = stream, group
        self._member = socket.gethostname()
        self._idle_seconds = idle_seconds
        self._left_behind: str | None = _BEGINNING
        self._look_again_at = 0.0
        self._unsettled: list[Entry] = []

    async def take_batch(self) -> int:
        """Take up to 500 entries; how many. Waits a second for the first one.

        Raises what Redis or the database raise; the entries in hand stay in hand for the next call.
        """
        if not self._unsettled:
            self._unsettled = await self._read()
        if not self._unsettled:
            return 0
        await take([Message(self._position(entry), fields.get(FIELD, b"")) for entry, fields in self._unsettled])
        settled = [entry for entry, _ in self._unsettled]
        await self._redis.xack(self._stream, self._group, *settled)
        self._unsettled = []
        return len(settled)

    async def close(self) -> None:
        """Give the connections back; what was read and not acknowledged is taken over by another member."""
        await self._redis.aclose()

    def _position(self, entry: bytes) -> str:
        return f"redis:{self._stream}:{entry.decode()}"

    async def _read(self) -> list[Entry]:
        try:
            return await self._taken_over() or await self._fresh()
        except ResponseError as error:
            if not str(error).startswith(_GONE):
                raise
            await self._start_group()
            return []

    async def _fresh(self) -> list[Entry]:
        answer: Any = await self._redis.xreadgroup(
            self._group, self._member, {self._stream: ">"}, count=MOST_MESSAGES, block=_BLOCK_MS
        )
        return [entry for _, entries in answer for entry in entries]

    async def _taken_over(self) -> list[Entry]:
        """The next of the entries that were delivered to somebody and left lying; a look around per idle time."""
        if self._left_behind is None:
            if time.monotonic() < self._look_again_at:
                return []
            self._left_behind = _BEGINNING
        answer: Any = await self._redis.xautoclaim(
            self._stream,
            self._group,
            self._member,
            min_idle_time=int(self._idle_seconds * 1_000),
            start_id=self._left_behind,
            count=MOST_MESSAGES,
        )
        following, entries, trimmed = answer[0].decode(), answer[1], answer[2]
        self._left_behind = None if following == _BEGINNING else following
        self._look_again_at = time.monotonic() + self._idle_seconds
        if entries:
            log.warning("stream.taken_over", stream=self._stream, entries=len(entries))
        if trimmed:
            log.error("stream.trimmed_before_taken", stream=self._stream, entries=len(trimmed))
        return list(entries)

    async def _start_group(self) -> None:
        """Also after a flush or a restart without data: whatever is there by now is new to the group."""
        try:
            await self._redis.xgroup_create(self._stream, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        else:
            log.info("stream.group_started", stream=self._stream, group=self._group)
