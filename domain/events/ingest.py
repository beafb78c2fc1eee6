"""The one way in for events, from every channel: a batch, stored once, evaluated in the same transaction."""

from collections.abc import Sequence

import msgspec

from domain import customers, outbox
from domain.events import rules, store
from domain.events.event import TAKES_BACK, Event, digest
from domain.facts import EventsStored
from kit import clock, database
from kit.database import Connection


class Suspension(msgspec.Struct, frozen=True):
    """A repeat whose content differs from what we know: kept for operators, not merged."""

    index: int
    event_id: str
    code: str


class Rejection(msgspec.Struct, frozen=True):
    """An event we cannot accept; `path` points inside it."""

    index: int
    path: str
    code: str
    detail: str


class IngestResult(msgspec.Struct, frozen=True):
    """`accepted + duplicates + len(rejected)` is the size of the batch. The suspended are among the duplicates, and so
    is what was told about customers who were erased: it is not kept.
    """

    accepted: int
    duplicates: int
    suspended: list[Suspension]
    rejected: list[Rejection]


async def ingest(batch: Sequence[Event]) -> IngestResult:
    """Store what is new in `batch` and let it take effect; durable when this returns.

    Idempotent on (source, event_id). Takes the customers' rows in id order: batches for different
    customers do not wait for each other.
    """
    now = clock.now()
    rejected: list[Rejection] = []
    good: list[tuple[int, Event]] = []
    for index, event in enumerate(batch):
        fault = rules.fault_of(event, now)
        if fault is None:
            good.append((index, event))
        else:
            rejected.append(Rejection(index, fault.path, fault.code, fault.detail))
    if not good:
        return IngestResult(0, 0, [], rejected)
    ids = await customers.ids_of([event.customer_no for _, event in good])
    accepted, suspended = await database.retried(lambda: _commit(good, ids))
    return IngestResult(accepted, len(good) - accepted, suspended, rejected)


async def _commit(good: Sequence[tuple[int, Event]], ids: dict[str, int]) -> tuple[int, list[Suspension]]:
    async with database.transaction() as connection:
        await customers.lock(connection, set(ids.values()))
        gone = await customers.erased(connection, set(ids.values()))
        if gone:
            good = [(index, event) for index, event in good if ids[event.customer_no] not in gone]
        if not good:
            return 0, []
        digests = [digest(event) for _, event in good]
        fresh = await store.insert(connection, [event for _, event in good], digests, ids)
        suspended = await _suspend(connection, good, digests, fresh)
        if fresh:
            await _tell(connection, [good[place][1] for place in fresh], ids)
        return len(fresh), suspended


async def _suspend(
    connection: Connection, good: Sequence[tuple[int, Event]], digests: Sequence[bytes], fresh: Sequence[int]
) -> list[Suspension]:
    """Park the repeats that say something else than what we know under the same id."""
    new = set(fresh)
    repeats = [place for place in range(len(good)) if place not in new]
    if not repeats:
        return []
    known = await store.digests(connection, [good[place][1] for place in repeats])
    differing = [place for place in repeats if known[good[place][1].source, good[place][1].event_id] != digests[place]]
    await store.suspend(connection, [(good[place][1], digests[place]) for place in differing])
    return [Suspension(good[place][0], good[place][1].event_id, "event.content_differs") for place in differing]


async def _tell(connection: Connection, fresh: list[Event], ids: dict[str, int]) -> None:
    by_customer: dict[int, list[Event]] = {}
    for event in fresh:
        by_customer.setdefault(ids[event.customer_no], []).append(event)
    for events in by_customer.values():
        events.sort(key=lambda event: (event.occurred_at, event.event_id))
    linked = {ids[event.customer_no] for event in fresh if event.type in TAKES_BACK}
    linked |= await store.customers_with_refunds_waiting(connection, fresh, ids)
    await outbox.record(connection, [EventsStored(by_customer, linked)])
