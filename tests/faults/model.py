"""What a set of events must come to, said a second time in plain Python: nothing of `domain` is used here."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

Event = dict[str, Any]
"""As the card core tells it."""

SHANGHAI = timezone(timedelta(hours=8))
MONEY = ("purchase", "instalment", "repayment", "cash_advance")
TAKES_BACK = ("refund", "reversal", "chargeback")
EVER = datetime(9999, 1, 1, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Transaction:
    """Something paid, or a refund of nobody knows what; `amount` is what is left of it, in fen."""

    at: datetime
    amount: int
    mcc: str | None
    merchant: str | None
    channel: str | None

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Status:
    """Something said of a customer."""

    at: datetime
    event_id: str
    name: str
    value: Any


Chosen = Callable[[Transaction], bool]


def when(event: Event) -> datetime:
    """The moment, on Shanghai's clocks."""
    return datetime.fromisoformat(event["occurred_at"]).astimezone(SHANGHAI)


class History:
    """Everything one customer did."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = list(events)
        self._takers, lost = self._link()
        self.purchases = [self._transaction(e) for e in self._events if e["type"] == "purchase" and self._left(e) > 0]
        self.unlinked = [self._transaction(e) for e in lost if self._left(e) > 0]
        self.signed_in = [when(e) for e in self._events if e["type"] == "sign_in"]
        self.statuses = [
            Status(when(e), e["event_id"], e["attributes"]["name"], e["attributes"]["value"])
            for e in self._events
            if e["type"] == "status"
        ]

    def _link(self) -> tuple[dict[str, list[Event]], list[Event]]:
        """Which refunds take from which event, and those that take from none we know."""
        by_id = {e["event_id"]: e for e in self._events if e["type"] in MONEY + TAKES_BACK}
        takers: dict[str, list[Event]] = defaultdict(list)
        lost = []
        for event in self._events:
            if event["type"] in TAKES_BACK:
                named = event.get("original_event_id")
                original = by_id.get(named) if named else self._authorised_alike(event)
                if original is None:
                    lost.append(event)
                else:
                    takers[original["event_id"]].append(event)
        return takers, lost

    def _authorised_alike(self, refund: Event) -> Event | None:
        if _authorisation(refund) is None:
            return None
        alike = [e for e in self._events if e["type"] in MONEY and _authorisation(e) == _authorisation(refund)]
        alike.sort(key=lambda e: (when(e), e["event_id"]))
        earlier = [e for e in alike if when(e) <= when(refund)]
        return earlier[-1] if earlier else alike[0] if alike else None

    def _left(self, event: Event) -> int:
        taken = sum(self._left(taker) for taker in self._takers.get(event["event_id"], ()))
        return max(0, int(event["amount_fen"]) - taken)

    def _transaction(self, event: Event) -> Transaction:
        merchant = event.get("merchant") or {}
        known_as = merchant.get("id") or merchant.get("name")
        return Transaction(when(event), self._left(event), event.get("mcc"), known_as, event.get("channel"))


def _authorisation(event: Event) -> tuple[str, str, str] | None:
    token = (event.get("card") or {}).get("token")
    merchant = (event.get("merchant") or {}).get("id")
    code = event.get("auth_code")
    return (token, merchant, code) if token and merchant and code else None


@dataclass(frozen=True)
class Life:
    """A claim's: from `begins` until before `ends`."""

    begins: datetime
    ends: datetime = EVER


@dataclass(frozen=True)
class Window:
    """What counts of a history."""

    history: History
    since: datetime
    until: datetime

    def bought(self, chosen: Chosen = lambda _: True) -> list[Transaction]:
        """The purchases that count."""
        return [one for one in self.history.purchases if self.since <= one.at < self.until and chosen(one)]

    def spent(self, chosen: Chosen = lambda _: True) -> int:
        """Their sum, less refunds of nobody knows what."""
        lost = [one for one in self.history.unlinked if self.since <= one.at < self.until and chosen(one)]
        return sum(one.amount for one in self.bought(chosen)) - sum(one.amount for one in lost)

    def by_month(self, measure: Callable[["Window"], int]) -> int:
        """The best month of those the window touches."""
        months = {(one.at.year, one.at.month) for one in [*self.history.purchases, *self.history.unlinked]}
        parts = [self.narrowed(*month_of(datetime(*month, 1, tzinfo=SHANGHAI))) for month in months]
        return max((measure(part) for part in parts), default=0)

    def most_in_days(self, days: int, chosen: Chosen = lambda _: True) -> int:
        """The most purchases within so many days in a row."""
        bought = [one.day for one in self.bought(chosen)]
        return max((sum(first <= day < first + timedelta(days) for day in bought) for first in bought), default=0)

    def narrowed(self, since: datetime, until: datetime) -> "Window":
        """The part of it between two moments."""
        return Window(self.history, max(since, self.since), min(until, self.until))

    def sign_in_days(self) -> list[date]:
        """Distinct, in order."""
        return sorted({at.date() for at in self.history.signed_in if self.since <= at < self.until})

    def streak(self) -> int:
        """The longest run of days with a sign-in."""
        days = self.sign_in_days()
        longest = run = 1 if days else 0
        for before, after in pairwise(days):
            run = run + 1 if after - before == timedelta(days=1) else 1
            longest = max(longest, run)
        return longest

    def told(self, name: str, value: Any, life: Life) -> int:
        """1 when it was so as the claim began (as far as the window looks back), or was said during its life."""
        said = [one for one in self.history.statuses if one.name == name and self.since <= one.at < self.until]
        before = sorted((one.at, one.event_id, one.value) for one in said if one.at < life.begins)
        during = [one for one in said if one.at >= life.begins and one.value == value]
        return int(bool(during) or (bool(before) and before[-1][2] == value))


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """The calendar month it lies in."""
    first = moment.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=32)).replace(day=1)


def week_of(moment: datetime) -> tuple[datetime, datetime]:
    """The week it lies in, from Monday."""
    midnight = moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    return monday, monday + timedelta(days=7)
