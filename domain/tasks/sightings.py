"""Which tasks pages have shown to whom: noted where a page is answered, written in sets beside it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from domain import customers
from domain.tasks.views import TaskView
from kit import clock, database, logging

_MOST_KNOWN, _MOST_WAITING, _MOST_PAGES, _BATCH = 200_000, 50_000, 500, 1_000
_PAUSE_SECONDS = 0.5
log = logging.get("tasks")
_Waiting = dict[int, tuple[int, datetime]]
"""Customer → the tasks they were shown, and since when."""


# What another process has shown meanwhile is not new. The caller holds the customers: ids are drawn under their locks,
# as figures are counted by them.
_KEEP = """INSERT INTO task_seen (customer_id, tasks, first_seen_at)
  SELECT t.customer_id, f.fresh, t.since
  FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS t (customer_id, tasks, since)
  CROSS JOIN LATERAL (
    SELECT CASE WHEN NOT EXISTS (SELECT FROM task_seen s WHERE s.customer_id = t.customer_id) THEN t.tasks::text[]
      ELSE ARRAY(SELECT code FROM unnest(t.tasks::text[]) AS code WHERE NOT EXISTS (
        SELECT FROM task_seen s WHERE s.customer_id = t.customer_id AND code = ANY(s.tasks))) END AS fresh) AS f
  WHERE cardinality(f.fresh) > 0"""


class Sightings:
    """What this process has shown. A set of tasks is a number with a bit for each, so that a page that shows nothing
    new costs no more than a look.

    Written about half a second after it was shown, and when the process ends in order. A process that is killed forgets
    what waited: as only what was committed is remembered as written, the next page of that customer notes it again, and
    it counts as first seen then.
    """

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._written: dict[int, int] = {}
        self._waiting: _Waiting = {}
        self._pages: dict[tuple[int, int, int], tuple[Sequence[TaskView], int]] = {}
        self._runner: asyncio.Task[None] | None = None

    def note(self, customer_id: int, views: Sequence[TaskView]) -> None:
        """These were shown to a customer. Where too much waits already, the next page has to say it again."""
        shown = self._shown_on(views)
        fresh = shown & ~self._written.get(customer_id, 0)
        if fresh and (customer_id in self._waiting or len(self._waiting) < _MOST_WAITING):
            self._wait(customer_id, fresh, clock.now())

    def _shown_on(self, views: Sequence[TaskView]) -> int:
        """Views that nobody has begun are the same objects for many customers: their pages are looked through once."""
        if not views:
            return 0
        key = id(views[0]), id(views[-1]), len(views)
        known = self._pages.get(key)
        if known is not None and known[0] == views:
            return known[1]
        shown, bits = 0, self._bits
        try:
            for view in views:
                shown |= bits[view.version.code]
        except KeyError:
            shown = self._learn(views)
        if not any(view.claim for view in views):
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            self._pages[key] = views, shown
        return shown

    def _learn(self, views: Sequence[TaskView]) -> int:
        shown = 0
        for view in views:
            shown |= self._bits.setdefault(view.version.code, 1 << len(self._bits))
        return shown

    def _wait(self, customer_id: int, shown: int, since: datetime) -> None:
        waiting, first = self._waiting.get(customer_id, (0, since))
        self._waiting[customer_id] = waiting | shown, min(first, since)

    async def flush(self) -> None:
        """Write what waits. What cannot be written waits on."""
        while self._waiting:
            taken = {customer_id: self._waiting[customer_id] for customer_id in islice(self._waiting, _BATCH)}
            for customer_id in taken:
                del self._waiting[customer_id]
            try:
                await database.retried(lambda some=taken: self._write(some))  # type: ignore[misc]
            except BaseException:  # also when it is cancelled
                for customer_id, (shown, since) in taken.items():
                    self._wait(customer_id, shown, since)
                raise
            self._remember(taken)

    async def _write(self, taken: _Waiting) -> None:
        codes = list(self._bits)
        # Customers who see the same have one text: a list of lists of codes would hold up all other requests.
        texts = {shown: _array(shown, codes) for shown in {shown for shown, _ in taken.values()}}
        async with database.transaction() as connection:
            await customers.lock(connection, list(taken))
            gone = await customers.erased(connection, list(taken))
            rows = [(one, texts[shown], since) for one, (shown, since) in taken.items() if one not in gone]
            if rows:
                await connection.execute(_KEEP, *map(list, zip(*rows, strict=True)))

    def _remember(self, taken: _Waiting) -> None:
        if len(self._written) + len(taken) > _MOST_KNOWN:
            self._written.clear()
        for customer_id, (shown, _) in taken.items():
            self._written[customer_id] = self._written.get(customer_id, 0) | shown

    def start(self) -> None:
        """Write from now on what is noted, until `stop`."""
        self._runner = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what still waits, and no more."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        await self._try_to_flush()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._try_to_flush()

    async def _try_to_flush(self) -> None:
        try:
            await self.flush()
        except Exception as error:
            log.error("tasks.seen_not_written", waiting=len(self._waiting), exc_info=error)


def _array(shown: int, codes: Sequence[str]) -> str:
    """The codes of a set as PostgreSQL writes an array."""
    named = []
    while shown:
        lowest = shown & -shown
        named.append(f'"{codes[lowest.bit_length() - 1]}"')
        shown ^= lowest
    return "{" + ",".join(named) + "}"
