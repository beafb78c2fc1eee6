"""Stored events, as events again."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from domain.events.event import Event
from domain.events.rows import COLUMNS, event_of
from kit.database import Connection

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def of_customers(connection: Connection, customer_ids: Sequence[int]) -> dict[int, list[Event]]:
    """All events of each of these customers, in order of `occurred_at`."""
    rows = await connection.fetch(
        f"""SELECT {COLUMNS}, e.customer_id FROM event e JOIN customer c ON c.id = e.customer_id
            WHERE e.customer_id = ANY($1::bigint[]) ORDER BY e.customer_id, e.occurred_at, e.event_id""",
        list(customer_ids),
    )
    found: dict[int, list[Event]] = {customer_id: [] for customer_id in customer_ids}
    for row in rows:
        found[row["customer_id"]].append(event_of(row))
    return found


async def happened(
    connection: Connection,
    customer_ids: Sequence[int],
    types: Collection[str],
    since: datetime,
    until: datetime,
    whole: Collection[int] = (),
) -> dict[int, list[Event]]:
    """What of these types happened to each of these customers from `since` until before `until`, to those in `whole`
    whenever before `until`, in order of `occurred_at`.
    """
    rows = await connection.fetch(
        f"""SELECT {COLUMNS}, e.customer_id
            FROM unnest($1::bigint[], $2::timestamptz[]) AS t (customer_id, since)
            JOIN customer c ON c.id = t.customer_id
            JOIN event e ON e.customer_id = t.customer_id AND e.occurred_at >= t.since AND e.occurred_at < $3
              AND e.type = ANY($4::text[])
            ORDER BY e.customer_id, e.occurred_at, e.event_id""",
        list(customer_ids),
        [_EVER if customer_id in whole else since for customer_id in customer_ids],
        until,
        list(types),
    )
    found: dict[int, list[Event]] = {customer_id: [] for customer_id in customer_ids}
    for row in rows:
        found[row["customer_id"]].append(event_of(row))
    return found


async def known_ids(connection: Connection, source: str, event_ids: Sequence[str]) -> set[str]:
    """Those of the ids by which `source` has told us an event already."""
    rows = await connection.fetch(
        "SELECT event_id FROM event WHERE source = $1 AND event_id = ANY($2::text[])", source, list(event_ids)
    )
    return {row[0] for row in rows}


async def with_refunds(connection: Connection, customer_ids: Collection[int]) -> set[int]:
    """Those of `customer_ids` who have a refund, reversal or chargeback on record."""
    rows = await connection.fetch(
        """SELECT DISTINCT customer_id FROM event
           WHERE customer_id = ANY($1::bigint[]) AND type IN ('refund', 'reversal', 'chargeback')""",
        list(customer_ids),
    )
    return {row[0] for row in rows}


async def told_ahead(connection: Connection, customer_ids: Collection[int], now: datetime) -> set[int]:
    """Those of `customer_ids` of whom we were told something that occurs at `now` or later: clocks differ."""
    rows = await connection.fetch(
        "SELECT DISTINCT customer_id FROM event WHERE customer_id = ANY($1::bigint[]) AND occurred_at >= $2",
        list(customer_ids),
        now,
    )
    return {row[0] for row in rows}


async def statuses(
    connection: Connection, customer_ids: Collection[int], names: Collection[str]
) -> dict[int, dict[str, Any]]:
    """The value last told, by `occurred_at`, of each of these status names, by customer."""
    rows = await connection.fetch(
        """SELECT DISTINCT ON (customer_id, attributes ->> 'name')
                  customer_id, attributes ->> 'name' AS name, attributes -> 'value' AS value FROM event
           WHERE customer_id = ANY($1::bigint[]) AND type = 'status' AND attributes ->> 'name' = ANY($2::text[])
           ORDER BY customer_id, attributes ->> 'name', occurred_at DESC, event_id DESC""",
        list(customer_ids),
        list(names),
    )
    told: dict[int, dict[str, Any]] = {}
    for row in rows:
        value = row["value"]
        told.setdefault(row["customer_id"], {})[row["name"]] = None if value is None else msgspec.json.decode(value)
    return told
