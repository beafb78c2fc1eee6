"""What was told of one customer, in the order in which it happened."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from domain.events import Event
from domain.events.event import TAKES_BACK
from domain.tasks.conditions import Netted
from domain.tasks.exclusions import exclusions

_Name = tuple[str, ...]


class Story:
    """`exact` are the places of what takes something back, or had been taken back before it was told: there the live
    path computes anew, and so must whoever plays this.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._moments = [event.occurred_at for event in events]
        self.exact = _exact(events)

    def place_of(self, moment: datetime) -> int:
        """The place of the first event that happened at `moment` or later."""
        return bisect_left(self._moments, moment)

    def worth(self, before: int, since: datetime | None = None) -> Netted:
        """What the events before a place are worth, without what was excluded. Those before `since` may be left out
        where nothing was taken back.
        """
        first = 0 if since is None or self.exact else self.place_of(since)
        return exclusions.worth(self.events[first:before])

    def moves_nothing(self, place: int) -> bool:
        """Whether an event counts for no task whatever it asks."""
        return place not in self.exact and exclusions.why_excluded(self.events[place]) is not None


def _exact(events: Sequence[Event]) -> frozenset[int]:
    found: set[int] = set()
    taken: set[_Name] = set()
    for place, event in enumerate(events):
        if event.type in TAKES_BACK:
            found.add(place)
            name = (event.source, event.original_event_id) if event.original_event_id else _authorisation(event)
            if name is not None:
                taken.add(name)
        elif taken and ((event.source, event.event_id) in taken or _authorisation(event) in taken):
            found.add(place)
    return frozenset(found)


def _authorisation(event: Event) -> _Name | None:
    if event.card_token and event.merchant_id and event.auth_code:
        return event.card_token, event.merchant_id, event.auth_code
    return None
