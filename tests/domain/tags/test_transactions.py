"""Tags over transactions are what counting the events one by one comes to, net of refunds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from domain import customers, events
from domain.events import Event
from domain.scopes import compile_scope
from domain.tags.catalogue import Tag
from domain.tags.definition import TagDefinition, Transactions
from domain.tags.wanted import Set, wanted
from domain.tasks.conditions import net
from kit import clock
from kit import database as db
from tests.domain.tags.stage import document

TAKES_BACK = ("refund", "reversal", "chargeback")
_numbers = count(1)
_any_database = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
scopes = st.sampled_from(
    [
        {},
        {"mcc": {"in": ["5541", "5411"]}},
        {"mcc": {"not_in": ["5541"]}},
        {"merchant": {"contains": "Café"}},
        {"merchant": {"in": ["m1", "CAFÉ 一号"]}},
        {"merchant": {"not_in": ["m1"]}},
        {"merchant_name": {"contains": "一号"}},
        {"channel": {"in": ["pos"]}},
        {"channel": {"not_in": ["pos"]}},
        {"card_product": {"in": ["young"]}},
        {"amount": {"at_least": 300}},
        {"amount": {"at_least": 100, "at_most": 500}},
        {"amount": {"not_in": [200]}},
        {"weekday": {"between": [6, 2]}},
        {"hour": {"at_least": 12}},
        {"wallet": {"in": ["true", "gold"]}},
        {"region": {"contains": "深"}},
        {"attributes.score": {"in": [5, True, "5"]}},
        {"attributes.score": {"not_in": [5, "gold"]}},
        {"attributes.score": {"between": [2, 5.5]}},
        {"attributes.score": {"contains": "5"}},
        {"mcc": {"in": ["5541"]}, "amount": {"at_most": 400}, "channel": {"in": ["pos"]}},
    ]
)
items = st.sampled_from(
    [
        "purchase.amount",
        "purchase.count",
        "purchase.days",
        "purchase.merchants",
        "repayment.amount",
        "cash_advance.count",
    ]
)
ALWAYS = [Transactions("purchase.amount", 366), Transactions("purchase.count", 366)]
asked = st.builds(Transactions, items, st.sampled_from([1, 3, 10]), scopes)
value = st.sampled_from([True, False, 5, 5.5, 7, "5", "gold", "深圳", ["x"]])


PLAIN = {"merchant_id": "m1", "card_token": "ct_1", "attributes": None}
"""With these, what has an authorisation is found by it."""


def one(type: str, ago: int, amount_fen: int, of: int | None = None) -> dict[str, Any]:
    """An event with an authorisation."""
    return {"type": type, "of": of, "ago": ago, "amount_fen": amount_fen, "auth_code": "a1", **PLAIN}


CHAIN = [one("purchase", 90, 500), one("refund", 80, 500, 0), one("reversal", 70, 300, 1), one("reversal", 60, 200, 2)]
BETWEEN = [one("purchase", 90, 100), one("purchase", 70, 200), one("purchase", 50, 300), one("refund", 60, 500)]
AHEAD = [one("purchase", 70, 200), one("purchase", 50, 300), one("refund", 90, 500)]
UNKNOWN = [one("purchase", 90, 500), one("refund", 80, 200, 1), one("reversal", 70, 50, 1)]


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events of one customer, `ago` minutes; what takes back names an event by its place, or an authorisation."""
    found: list[dict[str, Any]] = []
    sparse = draw(st.booleans())
    for place in range(draw(st.integers(1, 9))):
        takes = place > 0 and draw(st.integers(0, 2)) > 0
        common = {
            "ago": draw(st.integers(-60, 16_000)),
            "amount_fen": draw(st.sampled_from([100, 200, 300, 500])),
            "auth_code": draw(st.sampled_from(["a1", "a2", None])),
            "mcc": draw(st.sampled_from(["5541", "5411", "6011", None])),
            "merchant_id": draw(st.sampled_from(["m1", "m2", None])),
            "merchant_name": draw(st.sampled_from(["CAFÉ 一号", "壳牌", None])),
            "channel": draw(st.sampled_from(["pos", "online", None])),
            "card_product": draw(st.sampled_from(["young", None])),
            "card_token": draw(st.sampled_from(["ct_1", None])),
            "attributes": draw(
                st.none() | st.fixed_dictionaries({}, optional={"score": value, "wallet": value, "region": value})
            ),
        }
        kind = draw(st.sampled_from(TAKES_BACK if takes else ("purchase", "purchase", "repayment", "cash_advance")))
        # What takes back names nothing, what was last, or anything: its own place stands for an unknown event.
        of = draw(st.none() | st.just(place - 1) | st.integers(0, place)) if takes else None
        found.append({"type": kind, "of": of, **common, **(PLAIN if sparse else {})})
    return found


def told(customer: str, history: Sequence[dict[str, Any]], now: datetime) -> list[Event]:
    """The events. One that names its own place names nothing we know."""
    found: list[Event] = []
    for place, said in enumerate(history):
        given = {name: said[name] for name in said if name not in ("ago", "of")}
        of = said["of"]
        found.append(
            Event(
                source="s",
                event_id=f"{customer}-{place}",
                customer_no=customer,
                occurred_at=now - timedelta(minutes=said["ago"]),
                original_event_id=None if of is None else f"{customer}-{of if of < place else 'unknown'}",
                **given,
            )
        )
    return found


def counted(happened: Sequence[Event], asked: Transactions, as_of: datetime) -> int:
    """One event after the other, as the words of the definition say."""
    kind, _, measure = asked.item.partition(".")
    first = clock.business_day(as_of) - timedelta(days=asked.days - 1)
    matches = compile_scope(asked.where)
    worth = net(happened)

    def meets(event: Event, amount: int) -> bool:
        return first <= clock.business_day(event.occurred_at) and event.occurred_at < as_of and matches(event, amount)

    those = [(event, amount) for event, amount in worth.counted if event.type == kind and meets(event, amount)]
    if measure == "count":
        return len(those)
    if measure == "days":
        return len({clock.business_day(event.occurred_at) for event, _ in those})
    if measure == "merchants":
        return len({event.merchant() for event, _ in those} - {None})
    off = sum(amount for event, amount in worth.unlinked if kind == "purchase" and meets(event, amount))
    return sum(amount for _, amount in those) - off


@_any_database
@example(history=CHAIN, asked=[])
@example(history=BETWEEN, asked=[])
@example(history=AHEAD, asked=[])
@example(history=UNKNOWN, asked=[])
@given(history=histories(), asked=st.lists(asked, min_size=1, max_size=6))
async def test_a_set_of_customers_comes_to_what_one_by_one_comes_to(
    database: str, history: list[dict[str, Any]], asked: list[Transactions]
) -> None:
    now = clock.now()
    number = next(_numbers)
    first, second = f"H{number:06d}a", f"H{number:06d}b"
    happened = {first: told(first, history, now), second: told(second, history[::2], now)}
    for batch in happened.values():
        result = await events.ingest(batch)
        assert (result.rejected, result.suspended) == ([], [])
    ids = await customers.ids_of([first, second])
    async with db.connection() as connection:
        for terms in [*ALWAYS, *asked]:
            body = document("number", {"transactions": msgspec.to_builtins(terms)})
            tag = Tag(1, "spent", "HQ", False, msgspec.convert(body, TagDefinition))
            query, values = wanted(tag, Set(min(ids.values()) - 1, max(ids.values()), now, None))
            rows = await connection.fetch(f"SELECT w.*, $1::text FROM ({query}) w", *values)
            found = {row["customer_id"]: row["number"] for row in rows}
            naive = {ids[customer]: counted(batch, terms, now) for customer, batch in happened.items()}
            assert found == {who: number for who, number in naive.items() if number > 0}, terms
