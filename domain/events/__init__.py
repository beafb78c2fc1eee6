"""What partners tell us about customers: stored once, for ever, and handed on at once."""

from domain.events.event import Event
from domain.events.ingest import IngestResult, Rejection, Suspension, ingest
from domain.events.listings import Listed, Suspended, cards_of, listed, suspended, unlinked
from domain.events.queries import happened, known_ids, of_customers, statuses, told_ahead, with_refunds
from domain.events.tell_bound import tell_bound
from domain.events.tell_followed import tell_followed
from domain.events.tell_known_follower import tell_known_follower
from domain.events.tell_unbound import tell_unbound

__all__ = [
    "Event",
    "IngestResult",
    "Listed",
    "Rejection",
    "Suspended",
    "Suspension",
    "cards_of",
    "happened",
    "ingest",
    "known_ids",
    "listed",
    "of_customers",
    "statuses",
    "suspended",
    "tell_bound",
    "tell_followed",
    "tell_known_follower",
    "tell_unbound",
    "told_ahead",
    "unlinked",
    "with_refunds",
]
