"""Rows of the event table: written in sets, never changed."""

from collections.abc import Sequence

import msgspec

from domain.events.event import MONEY_IN, Event
from kit import clock
from kit.database import Connection

_encode = msgspec.json.Encoder().encode
_INSERT = """
INSERT INTO event (source, event_id, type, customer_id, occurred_at, amount_fen, mcc, merchant_id, merchant_name,
                   channel, card_token, card_last4, card_product, auth_code, original_event_id, attributes, digest,
                   received_at)
SELECT source, event_id, type, customer_id, occurred_at, amount_fen, mcc, merchant_id, merchant_name,
       channel, card_token, card_last4, card_product, auth_code, original_event_id, attributes::jsonb, digest, $18
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::bigint[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
            $16::text[], $17::bytea[])
  AS t (source, event_id, type, customer_id, occurred_at, amount_fen, mcc, merchant_id, merchant_name,
        channel, card_token, card_last4, card_product, auth_code, original_event_id, attributes, digest)
ON CONFLICT (source, event_id) DO NOTHING
RETURNING source || chr(31) || event_id
"""


async def insert(
    connection: Connection, events: Sequence[Event], digests: Sequence[bytes], ids: dict[str, int]
) -> list[int]:
    """Store what is not there yet; returns the places in `events` of what was new, the first of each id."""
    rows = await connection.fetch(
        _INSERT,
        [e.source for e in events],
        [e.event_id for e in events],
        [e.type for e in events],
        [ids[e.customer_no] for e in events],
        [e.occurred_at for e in events],
        [e.amount_fen for e in events],
        _column([e.mcc for e in events]),
        _column([e.merchant_id for e in events]),
        _column([e.merchant_name for e in events]),
        _column([e.channel for e in events]),
        _column([e.card_token for e in events]),
        _column([e.card_last4 for e in events]),
        _column([e.card_product for e in events]),
        _column([e.auth_code for e in events]),
        _column([e.original_event_id for e in events]),
        _column([_encode(e.attributes).decode() if e.attributes else None for e in events]),
        digests,
        clock.now(),
    )
    stored = {row[0] for row in rows}
    fresh: list[int] = []
    for place, event in enumerate(events):
        key = f"{event.source}\x1f{event.event_id}"
        if key in stored:
            stored.discard(key)
            fresh.append(place)
    return fresh


def _column(values: list[str | None]) -> list[str | None] | None:
    """Nothing at all where nothing is said: unnest fills up with NULL, and each NULL sent costs as much as a text."""
    return values if any(value is not None for value in values) else None


async def digests(connection: Connection, events: Sequence[Event]) -> dict[tuple[str, str], bytes]:
    """What we know under the ids of `events`."""
    rows = await connection.fetch(
        """SELECT e.source, e.event_id, e.digest FROM event e
           JOIN unnest($1::text[], $2::text[]) AS t (source, event_id) USING (source, event_id)""",
        [e.source for e in events],
        [e.event_id for e in events],
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def suspend(connection: Connection, differing: Sequence[tuple[Event, bytes]]) -> None:
    """Park events for operators; the same content is parked once."""
    if differing:
        await connection.executemany(
            """INSERT INTO suspended_event (source, event_id, code, content, digest, received_at)
               VALUES ($1, $2, 'event.content_differs', $3::jsonb, $4, $5) ON CONFLICT DO NOTHING""",
            [(e.source, e.event_id, _encode(e).decode(), content, clock.now()) for e, content in differing],
        )


async def customers_with_refunds_waiting(
    connection: Connection, fresh: Sequence[Event], ids: dict[str, int]
) -> set[int]:
    """Customers of `fresh` for whom a refund of one of these purchases came before it."""
    money = [event for event in fresh if event.type in MONEY_IN]
    if not money:
        return set()
    rows = await connection.fetch(
        """SELECT DISTINCT e.customer_id FROM event e
           JOIN unnest($1::text[], $2::text[]) AS t (source, event_id)
             ON e.source = t.source AND e.original_event_id = t.event_id
           UNION
           SELECT DISTINCT e.customer_id FROM event e
           JOIN unnest($3::text[], $4::text[], $5::text[]) AS t (card_token, merchant_id, auth_code)
             USING (card_token, merchant_id, auth_code)
           WHERE e.original_event_id IS NULL AND e.type IN ('refund', 'reversal', 'chargeback')""",
        [e.source for e in money],
        [e.event_id for e in money],
        *_authorisations(money),
    )
    touched = {ids[event.customer_no] for event in money}
    return {row[0] for row in rows if row[0] in touched}


def _authorisations(money: Sequence[Event]) -> tuple[list[str], list[str], list[str]]:
    full = [e for e in money if e.card_token and e.merchant_id and e.auth_code]
    return (
        [e.card_token or "" for e in full],
        [e.merchant_id or "" for e in full],
        [e.auth_code or "" for e in full],
    )
