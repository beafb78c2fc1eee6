"""A small town of customers with everything a rule can ask for, and what a rule says of one of them, naively."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from domain import customers, events, scopes, tags
from domain.audiences.rule import Did, Group, OfField, OfStatus, OfTag, Tree
from domain.customers import Profile
from domain.events import Event
from domain.events.event import MONEY_IN
from domain.tasks.conditions.netting import net
from kit import clock, database

MCCS = ("5411", "5541", "4111")
TAGS = ("high_value", "visits", "city")
_TYPES = ("purchase", "purchase", "purchase", "instalment", "app_login", "custom.spin")


@dataclass
class Person:
    """What is known of a customer."""

    profile: Profile
    rank: int
    events: list[Event]
    tags: dict[str, Any]


async def settle(count: int, seed: int, now: datetime) -> list[Person]:
    """Customers with a random past, the same for the same seed."""
    random = Random(seed)
    await database.execute("INSERT INTO tag_state (tag) SELECT unnest($1::text[])", list(TAGS))
    numbers = [f"A{seed:04d}{place:04d}" for place in range(count)]
    ids = await customers.ids_of(numbers)
    for number in numbers:
        await database.execute(
            "UPDATE customer SET stage = $2, card_product = $3, branch = $4, billing_day = $5 WHERE customer_no = $1",
            number,
            random.choice(("base", "payer", "wealth")),
            random.choice((None, "young", "gold")),
            random.choice((None, "SH", "BJ")),
            random.choice((None, 5, 20)),
        )
        if random.random() < 0.6:
            await database.execute(
                "INSERT INTO experience_account (customer_id, balance, rank, earned, spent, change_no)"
                " VALUES ($1, 0, $2, 0, 0, nextval('change_no'))",
                ids[number],
                random.randrange(4),
            )
        for tag, column, value in (
            ("high_value", "flag", True),
            ("visits", "number", random.randrange(10)),
            ("city", "text", random.choice(("sh", "bj"))),
        ):
            if random.random() < 0.6:
                await database.execute(
                    f"INSERT INTO tag_value (tag, customer_id, {column}, as_of) VALUES ($1, $2, $3, $4)",
                    tag,
                    ids[number],
                    value,
                    now,
                )
    told = [event for number in numbers for event in _past(random, number, now)]
    random.shuffle(told)
    result = await events.ingest(told)
    assert not result.rejected
    return await _people(list(ids.values()))


def _past(random: Random, number: str, now: datetime) -> list[Event]:
    past: list[Event] = []
    for place in range(random.randrange(9)):
        kind = random.choice(_TYPES)
        money = kind in MONEY_IN
        authorised = money and random.random() < 0.5
        past.append(
            Event(
                "test",
                f"{number}-{place}",
                kind,
                number,
                now - timedelta(hours=random.randrange(24 * 20)),
                amount_fen=random.randrange(1, 6) * 100 if money else 0,
                mcc=random.choice((None, *MCCS)) if money else None,
                merchant_id=random.choice(("M1", "M2")) if authorised else random.choice((None, "M3")),
                merchant_name=random.choice((None, "Fuel Station", "Market")),
                channel=random.choice((None, "pos", "online")),
                card_token="ct" if authorised else None,
                auth_code=random.choice(("11", "12")) if authorised else None,
                attributes=random.choice((None, {"wallet": "apple"}, {"shop": 5}, {"shop": "5"}, {"shop": True})),
            )
        )
    bought = [one for one in past if one.type in MONEY_IN]
    for place, original in enumerate(bought):
        if random.random() < 0.5:
            past.append(_refund(random, f"{number}-r{place}", original, now))
    for place, refund in enumerate([one for one in past if one.type == "refund"]):
        if random.random() < 0.3:
            past.append(_refund(random, f"{number}-u{place}", refund, now, "reversal"))
    for place in range(random.randrange(3)):
        attributes = {"name": "card.activated", "value": random.choice((True, False, 1, "true"))}
        at = now - timedelta(hours=place + random.randrange(3))
        past.append(Event("test", f"{number}-s{place}", "status", number, at, attributes=attributes))
    return past


def _refund(random: Random, event_id: str, original: Event, now: datetime, kind: str = "refund") -> Event:
    named = original.auth_code is None or kind == "reversal" or random.random() < 0.5
    return Event(
        "test",
        event_id,
        kind,
        original.customer_no,
        now - timedelta(hours=random.randrange(24 * 20)),
        amount_fen=random.choice((100, original.amount_fen)),
        original_event_id=original.event_id if named else None,
        card_token=original.card_token,
        merchant_id=original.merchant_id,
        auth_code=original.auth_code,
    )


async def _people(ids: list[int]) -> list[Person]:
    async with database.connection() as connection:
        profiles = await customers.profiles(connection, ids)
        pasts = await events.of_customers(connection, ids)
        values = await tags.values(connection, ids, TAGS)
    ranks = {row[0]: row[1] for row in await database.fetch("SELECT customer_id, rank FROM experience_account")}
    return [Person(profiles[one], ranks.get(one, 0), pasts[one], values[one]) for one in ids]


def holds(tree: Tree, person: Person, now: datetime) -> bool:
    """Whether a rule holds for a customer, looking at one thing after the other."""
    match tree:
        case Group(kind, children):
            told = [holds(child, person, now) for child in children]
            return all(told) if kind == "all" else any(told) if kind == "any" else not any(told)
        case OfField(field):
            return _field_holds(tree, person.rank if field == "level" else getattr(person.profile, field))
        case OfTag(test):
            return tags.holds(test, person.tags.get(test.tag))
        case OfStatus(name, value):
            told = [
                one.attributes["value"]
                for one in sorted(person.events, key=lambda one: (one.occurred_at, one.event_id))
                if one.type == "status" and one.attributes and one.attributes["name"] == name and one.occurred_at <= now
            ]
            return bool(told) and (type(told[-1]), told[-1]) == (type(value), value)
        case Did():
            return _times(tree, person, now) >= tree.at_least


def _field_holds(test: OfField, value: Any) -> bool:
    if test.in_ is not None:
        return value in test.in_
    if test.not_in is not None:
        return value not in test.not_in
    low = test.at_least is None or (value is not None and value >= test.at_least)
    return low and value is not None and (test.at_most is None or value <= test.at_most)


def _times(did: Did, person: Person, now: datetime) -> int:
    matches = scopes.compile_scope(did.where)
    first_day = clock.business_day(now) - timedelta(days=(did.days or 0) - 1)
    return sum(
        1
        for event, worth in net(person.events).counted
        if event.type == did.type
        and event.occurred_at <= now
        and (did.days is None or clock.business_day(event.occurred_at) >= first_day)
        and matches(event, worth)
    )
