"""Group commit: while one batch is being committed, the next one gathers.

There is no timer, so a lone request waits for nothing; under load the batch grows and makes the lock on
a hot row cheap.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from kit.errors import Unavailable

Member = TypeVar("Member")
Result = TypeVar("Result")


class GroupCommit(Generic[Member, Result]):
    """Runs `commit(members)` for many callers at once; each gets its own result or its own error.

    `commit` is one transaction. It returns a result or an exception per member, in order; a member that
    may not have what it asks for fails alone. When the whole batch raises, its members are tried one by one.
    A cancelled caller changes nothing: its member is committed with the others.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Member]], Awaitable[Sequence[Result | Exception]]],
        *,
        largest: int = 500,
        waiting: int = 20_000,
    ) -> None:
        self._commit = commit
        self._largest = largest
        self._bound = waiting
        self._queue: deque[tuple[Member, asyncio.Future[Result]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def submit(self, member: Member) -> Result:
        """Raises `Unavailable` (`queue.full`) when more callers wait than the bound allows."""
        if len(self._queue) >= self._bound:
            raise Unavailable("queue.full", "系统繁忙，请稍后再试", details={"retry_after_seconds": 1})
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((member, future))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._drain())
        return await asyncio.shield(future)

    async def _drain(self) -> None:
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(self._largest, len(self._queue)))]
            await self._settle(batch)

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
