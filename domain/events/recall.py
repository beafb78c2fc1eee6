"""A bounded look back at one customer's events: the latest of each kind, with what takes back from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.events.event import MONEY_IN, Event
from domain.events.rows import COLUMNS, event_of
from kit.database import Connection

MOST = 500


@dataclass(frozen=True)
class Look:
    """Events of one type, and of one status where that is the type, that occurred in `[begins, ends)`."""

    type: str
    status: str | None
    begins: datetime
    ends: datetime

    def covers(self, event: Event) -> bool:
        """Whether the event is among those looked for."""
        named = self.status is None or (event.attributes or {}).get("name") == self.status
        return event.type == self.type and named and self.begins <= event.occurred_at < self.ends


@dataclass(frozen=True)
class Told:
    """An event and when we heard of it."""

    event: Event
    received_at: datetime


_LATEST = f"""
WITH look AS (
  SELECT * FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) AS t (type, status, begins, ends)
), looked AS (
  SELECT latest.id FROM look CROSS JOIN LATERAL (
    SELECT e.id FROM event e
    WHERE e.customer_id = $1 AND e.type = look.type AND e.occurred_at >= look.begins AND e.occurred_at < look.ends
      AND (look.status IS NULL OR e.attributes ->> 'name' = look.status)
    ORDER BY e.occurred_at DESC, e.event_id DESC LIMIT $6) latest
), taking AS (
  SELECT id, source, original_event_id, card_token, merchant_id, auth_code FROM event
  WHERE customer_id = $1 AND type IN ('refund', 'reversal', 'chargeback')
  ORDER BY occurred_at DESC, event_id DESC LIMIT $6
), original AS (
  SELECT e.id FROM taking t JOIN event e ON e.source = t.source AND e.event_id = t.original_event_id
  WHERE e.customer_id = $1
  UNION ALL
  SELECT e.id FROM taking t JOIN event e USING (card_token, merchant_id, auth_code)
  WHERE t.original_event_id IS NULL AND e.customer_id = $1 AND e.type = ANY($7::text[])
)
SELECT {COLUMNS}, e.received_at FROM event e JOIN customer c ON c.id = e.customer_id
WHERE e.id IN (SELECT id FROM looked UNION SELECT id FROM taking UNION SELECT id FROM original)
ORDER BY e.occurred_at, e.event_id
"""


async def recall(connection: Connection, customer_id: int, looks: Sequence[Look]) -> list[Told]:
    """The latest 500 events of each look, the customer's latest 500 refunds, reversals and chargebacks, and what those
    name; in order of `occurred_at`.
    """
    rows = await connection.fetch(
        _LATEST,
        customer_id,
        [look.type for look in looks],
        [look.status for look in looks],
        [look.begins for look in looks],
        [look.ends for look in looks],
        MOST,
        list(MONEY_IN),
    )
    return [Told(event_of(row), row["received_at"]) for row in rows]
