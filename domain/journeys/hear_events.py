"""Journeys hear of events."""

from collections.abc import Sequence

from domain import tasks
from domain.events import Event
from domain.facts import EventsStored
from domain.journeys.catalogue import catalogue
from domain.journeys.hear import let_in, score, wake
from kit.database import Connection


async def hear_events(connection: Connection, facts: Sequence[EventsStored]) -> None:
    """Let stored events end waits, reach goals and let customers in. The caller holds the rows of their customers.

    Costs nothing where no journey hears of their types. Comes after `tasks.advance`, which shares the live set for the
    whole transaction and knows its revision.
    """
    await catalogue.follow(tasks.catalogue.revision)
    if catalogue.deaf:
        return
    for stored in facts:
        told: dict[str, dict[int, list[Event]]] = {}
        for customer_id, news in stored.by_customer.items():
            for event in news:
                if catalogue.hears(key := f"event:{event.type}"):
                    told.setdefault(key, {}).setdefault(customer_id, []).append(event)
        for key, by_customer in sorted(told.items()):
            ids = sorted(by_customer)
            await wake(connection, key, ids, by_customer)
            await score(connection, key, ids, by_customer)
            await let_in(connection, key, ids, by_customer)
