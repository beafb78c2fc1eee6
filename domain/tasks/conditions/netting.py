"""What transactions are worth after refunds, chargebacks, reversals, and reversals of those."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.events.event import MONEY_IN, TAKES_BACK, Event


@dataclass(frozen=True)
class Netted:
    """One customer's events with their worth: `counted` transactions and behaviour, `unlinked` refunds."""

    counted: list[tuple[Event, int]]
    unlinked: list[tuple[Event, int]]


def net(events: Sequence[Event]) -> Netted:
    """An event is worth its amount less what was taken off it, never below zero.

    A refund links by its original's id, else by card token, merchant id and authorisation code when all three are
    there. A reversal may name a refund: then it takes from the refund what the refund took.
    """
    originals = {(e.source, e.event_id): e for e in events if e.type in MONEY_IN or e.type in TAKES_BACK}
    authorised = _authorised(events)
    takers: dict[tuple[str, str], list[Event]] = {}
    unlinked: list[Event] = []
    for event in events:
        if event.type in TAKES_BACK:
            original = _original_of(event, originals, authorised)
            if original is None:
                unlinked.append(event)
            else:
                takers.setdefault((original.source, original.event_id), []).append(event)
    worth = _Worth(takers)
    counted = [(e, worth.of(e) if e.type in MONEY_IN else e.amount_fen) for e in events if e.type not in TAKES_BACK]
    taken = [(e, worth.of(e)) for e in unlinked]
    return Netted(
        [(e, amount) for e, amount in counted if amount > 0 or e.type not in MONEY_IN],
        [(e, amount) for e, amount in taken if amount > 0],
    )


class _Worth:
    def __init__(self, takers: dict[tuple[str, str], list[Event]]) -> None:
        self._takers = takers
        self._known: dict[tuple[str, str], int] = {}

    def of(self, event: Event) -> int:
        key = (event.source, event.event_id)
        if key not in self._known:
            self._known[key] = event.amount_fen  # what stands if events name each other in a circle
            taken = sum(self.of(taker) for taker in self._takers.get(key, ()))
            self._known[key] = max(0, event.amount_fen - taken)
        return self._known[key]


_Authorisation = tuple[str, str, str]


def _authorised(events: Sequence[Event]) -> dict[_Authorisation, list[Event]]:
    found: dict[_Authorisation, list[Event]] = {}
    for event in events:
        key = _authorisation(event)
        if event.type in MONEY_IN and key is not None:
            found.setdefault(key, []).append(event)
    return found


def _authorisation(event: Event) -> _Authorisation | None:
    if event.card_token and event.merchant_id and event.auth_code:
        return event.card_token, event.merchant_id, event.auth_code
    return None


def _original_of(
    event: Event, originals: dict[tuple[str, str], Event], authorised: dict[_Authorisation, list[Event]]
) -> Event | None:
    if event.original_event_id is not None:
        return originals.get((event.source, event.original_event_id))
    key = _authorisation(event)
    candidates = authorised.get(key, []) if key else []
    if not candidates:
        return None
    order = sorted(candidates, key=lambda e: (e.occurred_at, e.event_id))
    before = [e for e in order if e.occurred_at <= event.occurred_at]
    return before[-1] if before else order[0]
