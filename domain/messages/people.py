"""What is known of customers when something is to be sent to them, read at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from domain import consents, customers, events
from domain.consents import Purpose
from domain.messages.book import Delivery
from domain.messages.policy import MessagePolicy
from domain.messages.send_rules import Person
from kit import clock
from kit.database import Connection

IDENTITIES: Mapping[str, str] = {"wechat": "wechat_mini", "wechat_notice": "wechat_h5"}
PURPOSES: Mapping[str, Purpose] = {
    "wechat": Purpose.MARKETING_WECHAT,
    "wechat_notice": Purpose.MARKETING_WECHAT,
    "sms": Purpose.MARKETING_SMS,
    "push": Purpose.MARKETING_PUSH,
}


async def read_people(
    connection: Connection, channel: str, due: Sequence[Delivery], policy: MessagePolicy
) -> dict[int, Person]:
    """Everybody the deliveries of one channel are for; who gets a short message is asked for their phone later."""
    ids = sorted({one.customer_id for one in due})
    people = {
        one.id: Person(one.customer_no, one.customer_no) for one in (await customers.profiles(connection, ids)).values()
    }
    for gone in await customers.erased(connection, ids):
        people[gone].customer_no = None
    if channel in IDENTITIES:
        await _read_openids(connection, channel, due, people)
    marketing = sorted({one.customer_id for one in due if one.category == "marketing"})
    if marketing:
        await _read_marketing(connection, channel, marketing, people)
    offered = sorted({one.customer_id for one in due if one.loan_offer})
    if offered:
        told = await events.statuses(connection, offered, policy.no_loan_offers_with)
        for customer_id, values in told.items():
            # Told as a flag, a word or a number of days: anything but no.
            people[customer_id].statuses = sorted(
                name for name, value in values.items() if value not in (None, False, 0, "", "false", "no")
            )
    return people


async def _read_openids(
    connection: Connection, channel: str, due: Sequence[Delivery], people: dict[int, Person]
) -> None:
    """The latest bound one; of the mini-program the latest that still takes the message's template, if there is one."""
    known = await customers.identities_of(connection, list(people), IDENTITIES[channel])
    left: dict[tuple[str, str], int] = {}
    if channel == "wechat":
        rows = await connection.fetch(
            "SELECT openid, template_id, remaining FROM subscription WHERE openid = ANY($1::text[]) AND remaining > 0"
            " ORDER BY openid, template_id FOR NO KEY UPDATE",
            [openid for several in known.values() for openid in several],
        )
        left = {(row[0], row[1]): row[2] for row in rows}
    wanted: dict[int, set[str]] = {}
    for one in due:
        wanted.setdefault(one.customer_id, set()).add(str(one.content.get("template_id")))
    for customer_id, person in people.items():
        openids = known.get(customer_id, [])
        taking = [one for one in openids if any((one, template) in left for template in wanted.get(customer_id, ()))]
        found = taking or openids
        person.address = found[-1] if found else None
        person.subscriptions = {key: count for key, count in left.items() if key[0] == person.address}


async def _read_marketing(
    connection: Connection, channel: str, ids: Collection[int], people: dict[int, Person]
) -> None:
    """Who agreed, who took it back, and what they were sent on any channel in the last seven business days."""
    agreed = await consents.granted(connection, ids, PURPOSES[channel])
    rows = await connection.fetch(
        "SELECT DISTINCT customer_id FROM consent WHERE customer_id = ANY($1::bigint[]) AND purpose = $2",
        list(ids),
        str(PURPOSES[channel]),
    )
    decided = {row[0] for row in rows}
    for customer_id in ids:
        people[customer_id].consents = customer_id in agreed
        people[customer_id].has_refused = customer_id in decided
    for customer_id, message_id, at in await _asked(connection, ids):
        people[customer_id].asked[message_id] = at


async def _asked(connection: Connection, ids: Collection[int]) -> list[tuple[int, int, datetime]]:
    rows = await connection.fetch(
        """SELECT customer_id, message_id, max(asked_at) FROM delivery
           WHERE customer_id = ANY($1::bigint[]) AND category = 'marketing' AND asked_at > $2
             AND (state NOT IN ('failed', 'skipped') OR reason = 'outcome_unknown')
           GROUP BY customer_id, message_id""",
        list(ids),
        clock.now() - timedelta(days=8),
    )
    return [(row[0], row[1], row[2]) for row in rows]
