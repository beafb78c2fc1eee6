"""Group commit: while one batch is being committed, the next one gathers.

There is no timer, so a lone request waits for nothing; under load the batch grows and makes the lock on
a hot row cheap.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from kit.errors import Unavailable

Member = TypeVar("Member")
Result = TypeVar("Result")


class GroupCommit(Generic[Member, Result]):
    """Runs `commit(members)` for many callers at once; each gets its own result or its own error.

    `commit` is one transaction. It returns a result or an exception per member, in order; a member that
    may not have what it asks for fails alone. When the whole batch raises, its members are tried one by one.
    A cancelled caller changes nothing: its member is committed with the others.

    Members with the same `key` are served first come first served. Between keys a batch is dealt out in turns, so
    that whoever wants something nobody else wants is in the very next batch, however many wait for the hot one; and
    no key may fill more than `per_key` places of the queue. One committer for all keys rather than one each: a
    batch costs nearly the same for one key or many, so few large ones are what makes everybody's wait short.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Member]], Awaitable[Sequence[Result | Exception]]],
        *,
        key: Callable[[Member], Hashable] = lambda _member: None,
        largest: int = 500,
        waiting: int = 20_000,
        per_key: int = 5_000,
    ) -> None:
        self._commit, self._key = commit, key
        self._largest, self._bound, self._bound_per_key = largest, waiting, per_key
        self._queues: dict[Hashable, deque[tuple[Member, asyncio.Future[Result]]]] = {}
        self._waiting = 0
        self._runner: asyncio.Task[None] | None = None

    async def submit(self, member: Member) -> Result:
        """Raises `Unavailable` (`queue.full`) when more callers wait than the bounds allow."""
        key = self._key(member)
        queue = self._queues.get(key, ())
        if self._waiting >= self._bound or len(queue) >= self._bound_per_key:
            raise Unavailable("queue.full", "系统繁忙，请稍后再试", details={"retry_after_seconds": 1})
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(key, deque()).append((member, future))
        self._waiting += 1
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._drain())
        return await future  # nobody else awaits it: a caller who goes away takes only the answer along

    async def _drain(self) -> None:
        while self._queues:
            await self._settle(self._draw())

    def _draw(self) -> list[tuple[Member, asyncio.Future[Result]]]:
        """The next batch: one of each key in turn, until it is full. Who had the last turn is last next time."""
        batch: list[tuple[Member, asyncio.Future[Result]]] = []
        while self._queues and len(batch) < self._largest:
            key, queue = next(iter(self._queues.items()))
            del self._queues[key]
            # Alone there is nobody to take turns with.
            turns = 1 if self._queues else min(self._largest - len(batch), len(queue))
            batch += [queue.popleft() for _ in range(turns)]
            if queue:
                self._queues[key] = queue
        self._waiting -= len(batch)
        return batch

    async def _settle(self, batch: list[tuple[Member, asyncio.Future[Result]]]) -> None:
        try:
            outcomes = await self._commit([member for member, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                _resolve(batch[0][1], error)
                return
            for one in batch:
                await self._settle([one])
            return
        if len(outcomes) != len(batch):  # nobody can tell whose answers these are, and nobody may wait for ever
            outcomes = [RuntimeError(f"{len(outcomes)} answers for {len(batch)} members")] * len(batch)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            _resolve(future, outcome)


def _resolve(future: asyncio.Future[Result], outcome: Result | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
        future.exception()  # marks it retrieved: the caller may have gone away
    else:
        future.set_result(outcome)
