"""What is known of customers when the conditions of journeys are asked, read at once."""

from collections.abc import Collection, Sequence

from domain import audiences, consents, customers, experience, tags
from domain.consents import Purpose
from domain.journeys.definition import Condition
from domain.journeys.rules import Person
from kit.database import Connection


async def read_people(
    connection: Connection, customer_ids: Collection[int], asked: Sequence[Condition]
) -> dict[int, Person]:
    """By id, and no more of them than these conditions ask."""
    ids = sorted(set(customer_ids))
    if not asked or not ids:
        return {}
    profiles = await customers.profiles(connection, ids)
    ranks = await experience.ranks(connection, ids) if any(one.level is not None for one in asked) else {}
    purposes = {purpose for one in asked for purpose in one.consent or ()}
    agreed = {purpose: await consents.granted(connection, ids, purpose) for purpose in sorted(purposes)}
    named = {test.tag for one in asked for test in one.tags or ()}
    values = await tags.values(connection, ids, sorted(named))
    codes = {code for one in asked for code in (*(one.audience or ()), *(one.not_audience or ()))}
    return {
        customer_id: Person(
            profile,
            ranks.get(customer_id, 0),
            _agreed(customer_id, agreed),
            values[customer_id],
            audiences.which(codes, customer_id),
        )
        for customer_id, profile in profiles.items()
    }


def _agreed(customer_id: int, agreed: dict[Purpose, set[int]]) -> frozenset[Purpose]:
    return frozenset(purpose for purpose, people in agreed.items() if customer_id in people)
