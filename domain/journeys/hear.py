"""What happens to customers lets them in, ends their waiting, and may be what the journey is for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from domain.events import Event
from domain.journeys.catalogue import Fits, catalogue
from domain.journeys.enter import enter
from kit import clock
from kit.database import Connection

Told = Mapping[int, Sequence[Event]]
"""The events of one type, by customer."""


async def wake(connection: Connection, key: str, customer_ids: Collection[int], told: Told | None = None) -> None:
    """End the waiting of these customers' runs for `key`; of `told` an event must have occurred since it began, and
    fit. The caller holds the customers' locks. A run whose time was over before stays as it is.
    """
    if key not in catalogue.awaited:
        return
    now = clock.now()
    rows = await connection.fetch(
        """SELECT id, version_id, customer_id, step, since FROM journey_run
           WHERE waiting_for = $1 AND customer_id = ANY($2::bigint[]) AND heard_at IS NULL AND due_at > $3""",
        key,
        list(customer_ids),
        now,
    )
    await catalogue.know(row["version_id"] for row in rows)
    heard = [
        row["id"]
        for row in rows
        if told is None
        or _any(told[row["customer_id"]], row["since"], catalogue.version(row["version_id"]).wait_fits[row["step"]])
    ]
    if heard:
        await connection.execute(
            "UPDATE journey_run SET heard_at = $2, due_at = $2 WHERE id = ANY($1::bigint[])", heard, now
        )


async def score(connection: Connection, key: str, customer_ids: Collection[int], told: Told | None = None) -> None:
    """Count the goals these customers reach by it, of runs that began in time. Conditions as with `wake`."""
    if key not in catalogue.goals:
        return
    now = clock.now()
    rows = await connection.fetch(
        """SELECT id, version_id, customer_id, entered_at FROM journey_run
           WHERE goal_for = $1 AND customer_id = ANY($2::bigint[]) AND goal_at IS NULL AND goal_until > $3""",
        key,
        list(customer_ids),
        now,
    )
    await catalogue.know(row["version_id"] for row in rows)
    reached = [
        row["id"]
        for row in rows
        if told is None
        or _any(told[row["customer_id"]], row["entered_at"], catalogue.version(row["version_id"]).goal_fits)
    ]
    if reached:
        await connection.execute("UPDATE journey_run SET goal_at = $2 WHERE id = ANY($1::bigint[])", reached, now)


async def let_in(connection: Connection, key: str, customer_ids: Collection[int], told: Told | None = None) -> None:
    """Let these customers into the live journeys that begin with `key`; what occurred before a journey went live lets
    nobody in. The caller holds the customers' locks.
    """
    for version in catalogue.entries.get(key, ()):
        those = [
            customer_id
            for customer_id in customer_ids
            if told is None or _any(told[customer_id], version.live_at, version.entry_fits)
        ]
        await enter(connection, version, those, key)


def _any(events: Sequence[Event], since: datetime, fits: Fits) -> bool:
    return any(event.occurred_at >= since and fits(event) for event in events)
