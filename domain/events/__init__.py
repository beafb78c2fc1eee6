"""What partners tell us about customers: stored once, for ever, and handed on at once."""

from domain.events.event import Event
from domain.events.ingest import IngestResult, Rejection, Suspension, ingest
from domain.events.queries import of_customers, statuses, told_ahead, with_refunds
from domain.events.tell_bound import tell_bound

__all__ = [
    "Event",
    "IngestResult",
    "Rejection",
    "Suspension",
    "ingest",
    "of_customers",
    "statuses",
    "tell_bound",
    "told_ahead",
    "with_refunds",
]
