"""A random but repeatable set of events, and the batches in which several senders tell them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.faults.model import Event
from tests.faults.tasks import BETTING, FIRST_EVENT, FUEL, GROCERY, NOW

LARGEST_BATCH = 24
MCCS = (*FUEL, *GROCERY, *BETTING, "5812", "5999")
CHANNELS = ("pos", "online", "wechat_pay")
_AHEAD = timedelta(hours=8)
"""Partners' clocks differ: some events lie in our future."""


@dataclass
class _Customer:
    """One customer's events while they are made up."""

    number: str
    chance: Random
    events: list[Event] = field(default_factory=list)

    def add(self, type: str, at: datetime, **more: Any) -> Event:
        event_id = f"{self.number}-{len(self.events)}"
        event = {"event_id": event_id, "type": type, "customer_no": self.number, "occurred_at": at.isoformat(), **more}
        self.events.append(event)
        return event

    def purchase(self) -> Event:
        chance = self.chance
        low, high = chance.choice([(300, 4_000), (2_500, 25_000), (2_500, 25_000), (20_000, 220_000)])
        merchant = chance.randint(1, 9)
        more: dict[str, Any] = {"merchant": {"name": f"商户{merchant}"}}
        if merchant > 2:
            more["merchant"]["id"] = f"M{merchant}"
        if chance.random() < 0.6:
            more["auth_code"] = f"{chance.randint(0, 6):06d}"
        return self.add(
            chance.choices(["purchase", "instalment", "repayment"], [20, 1, 1])[0],
            _moment(chance),
            amount_fen=chance.randint(low, high),
            currency="CNY",
            card={"token": f"ct-{self.number}-{chance.randint(1, 2)}", "last4": "5770"},
            mcc=chance.choice(MCCS),
            channel=chance.choice(CHANNELS),
            **more,
        )

    def take_back(self, of: Event) -> None:
        """All of it, a part, several parts, or more than there is; sometimes undone again, sometimes that too."""
        chance = self.chance
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            share = chance.choice([1.0, 1.0, chance.uniform(0.05, 0.95), 1.4])
            amount = max(1, int(of["amount_fen"] * share))
            type = chance.choice(["refund", "refund", "reversal", "chargeback"])
            taken = self.add(type, _moment(chance), amount_fen=amount, **self._link(of))
            while chance.random() < 0.35:
                undone = chance.choice([taken["amount_fen"], max(1, taken["amount_fen"] // 3)])
                link = {"original_event_id": taken["event_id"]}
                taken = self.add("reversal", _moment(chance), amount_fen=undone, **link)

    def _link(self, of: Event) -> dict[str, Any]:
        way = self.chance.random()
        if way < 0.55:
            return {"original_event_id": of["event_id"]}
        fields = {name: of[name] for name in ("card", "merchant", "mcc", "channel")}
        if way < 0.8 and "auth_code" in of:
            return {**fields, "auth_code": of["auth_code"]}
        return {**fields, "original_event_id": "unheard-of"} if way < 0.9 else fields

    def behave(self) -> None:
        """Statuses said and unsaid, runs of sign-ins, and what no task asks for."""
        chance = self.chance
        for name in ("card.activated", "autopay.enabled"):
            for _ in range(chance.randint(0, 3)):
                self.add("status", _moment(chance), attributes={"name": name, "value": chance.random() < 0.5})
        for _ in range(chance.randint(0, 4)):
            first = _moment(chance)
            for day in range(chance.randint(1, 4)):
                if first + timedelta(days=day) < NOW:
                    self.add("sign_in", first + timedelta(days=day))
        for _ in range(chance.randint(0, 2)):
            self.add(chance.choice(["app_login", "survey_done", "custom.live_watched"]), _moment(chance))


def make_events(chance: Random, customers: int, purchases: int) -> list[Event]:
    """Up to twice `purchases` for each customer, and what goes with them."""
    events: list[Event] = []
    for number in range(1, customers + 1):
        customer = _Customer(f"F{number:05d}", chance)
        for bought in [customer.purchase() for _ in range(chance.randint(0, 2 * purchases))]:
            if chance.random() < 0.25:
                customer.take_back(bought)
        customer.behave()
        events += customer.events
    return events


def make_batches(chance: Random, events: list[Event]) -> list[list[Event]]:
    """Every event at least once, a fifth of them again elsewhere, a tenth of the batches again as they were."""
    told = [*events, *chance.sample(events, len(events) // 5)]
    chance.shuffle(told)
    batches = []
    while told:
        size = chance.randint(1, LARGEST_BATCH)
        batches.append(told[:size])
        told = told[size:]
    for again in chance.sample(batches, len(batches) // 10):
        batches.insert(chance.randint(0, len(batches)), again)
    return batches


def _moment(chance: Random) -> datetime:
    """Some time, often of late, often near a midnight, in whatever offset."""
    since = FIRST_EVENT if chance.random() < 0.6 else NOW - timedelta(days=12)
    moment = since + chance.random() * (NOW + _AHEAD - since)
    if chance.random() < 0.15:
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(seconds=chance.randint(-2, 2))
    return moment.astimezone(UTC) if chance.random() < 0.3 else moment
