"""Stored events, as events again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.events.event import Event
from kit.database import Connection, Record

_COLUMNS = """e.source, e.event_id, e.type, c.customer_no, e.occurred_at, e.amount_fen, e.mcc, e.merchant_id,
 e.merchant_name, e.channel, e.card_token, e.card_last4, e.card_product, e.auth_code, e.original_event_id, e.attributes,
 e.customer_id"""


async def of_customers(connection: Connection, customer_ids: Sequence[int]) -> dict[int, list[Event]]:
    """All events of each of these customers, in order of `occurred_at`."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM event e JOIN customer c ON c.id = e.customer_id
            WHERE e.customer_id = ANY($1::bigint[]) ORDER BY e.customer_id, e.occurred_at, e.event_id""",
        list(customer_ids),
    )
    found: dict[int, list[Event]] = {customer_id: [] for customer_id in customer_ids}
    for row in rows:
        found[row["customer_id"]].append(_event(row))
    return found


def _event(row: Record) -> Event:
    attributes = msgspec.json.decode(row[15]) if row[15] else None
    values: tuple[Any, ...] = (*row[:15], attributes)
    return Event(*values)  # the columns are in the order of the struct


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
