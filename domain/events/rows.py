"""Rows of the event table, as events again."""

from typing import Any

import msgspec

from domain.events.event import Event
from kit.database import Record

COLUMNS = ", ".join("c.customer_no" if name == "customer_no" else f"e.{name}" for name in Event.__struct_fields__)
"""Of `event e JOIN customer c`, in the order of the struct."""
_COUNT = len(Event.__struct_fields__)


def event_of(row: Record) -> Event:
    """The event of a row that begins with `COLUMNS`."""
    values: list[Any] = list(row[:_COUNT])
    values[-1] = msgspec.json.decode(values[-1]) if values[-1] else None  # attributes
    return Event(*values)
