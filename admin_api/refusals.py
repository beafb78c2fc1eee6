"""Refusals go on record, behind the answers: nobody waits for it, and nothing of it reaches who was refused."""

import asyncio
from collections import deque
from datetime import datetime, timedelta
from typing import Any

from sanic import Request

from admin_api.guard import Scope
from domain import operators
from domain.operators import OperatorIdentity, Refusal
from kit import clock, logging
from kit.errors import DomainError, Forbidden, NotFound
from kit.http import Operation

log = logging.get("operators")
_MINUTE = timedelta(minutes=1)
_MOST_WAITING = 1_000
_MOST_KNOWN = 10_000


class Refusals:
    """What waits to be written. One is written after the other, so that a flood costs one connection, and of each
    operator and route one a minute: the process knows most of the others by itself.
    """

    def __init__(self) -> None:
        self._waiting: deque[Refusal] = deque()
        self._known: dict[tuple[int, str, str], datetime] = {}
        self._runner: asyncio.Task[None] | None = None

    def note(self, refusal: Refusal) -> None:
        """Have it written soon."""
        key, now = (refusal.operator.operator_id, refusal.method, refusal.route), clock.now()
        last = self._known.get(key)
        if (last is not None and timedelta(0) <= now - last < _MINUTE) or len(self._waiting) >= _MOST_WAITING:
            return
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = now
        self._waiting.append(refusal)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._write())

    async def written(self) -> None:
        """When nothing waits any more: before a process stops."""
        if self._runner is not None:
            await self._runner

    async def _write(self) -> None:
        while self._waiting:
            refusal = self._waiting.popleft()
            try:
                await operators.note_refusal(refusal)
            except Exception as error:  # the refusal stands, whatever becomes of its record
                log.error("refusal.not_recorded", route=refusal.route, code=refusal.code, exc_info=error)


def note(request: Request, subject: Any, operation: Operation, error: DomainError) -> None:
    """Put on record that `subject` may not do what they asked: by role, by branch, or as it is another's to decide.
    Another branch's thing is answered as if it were not there, so what a branch does not find is on record too.
    """
    operator: OperatorIdentity = subject
    foreign = isinstance(error, NotFound) and operation.access.scope is Scope.ONE and operator.within is not None
    if not foreign and not isinstance(error, Forbidden):
        return
    refusals: Refusals = request.app.ctx.refusals
    route = operation.path.removeprefix("/admin/v1/")
    refusals.note(Refusal(operator, operation.method, route, request.path.replace("\x00", ""), error.code))
