"""Which deliveries of a channel go out now: decided, with the reasons written down, before anybody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import customers
from domain.messages import gates, send_rules
from domain.messages.book import Book, Delivery, open_book
from domain.messages.match_receipts import match_unanswered
from domain.messages.people import read_people
from domain.messages.policy import MessagePolicy
from domain.messages.send_rules import OUTCOME_AWAITED_FOR, Gate, Person
from domain.messages.states import OPEN, DeliveryState
from kit import clock, database
from kit.database import Connection

D = DeliveryState
MOST_AT_ONCE = 50
_LOOKED_AT = 200
_BESIDE = 4
"""So many times what may be sent is looked at, as some of it will be put off or skipped."""
_LEASE = timedelta(seconds=60)
FELL_BACK = "fell_back"


@dataclass(frozen=True)
class Chosen:
    """A delivery that is `sending` now; `attempt` is which one this is."""

    delivery: Delivery
    customer_no: str
    attempt: int


async def choose(channel: str, policy: MessagePolicy) -> tuple[list[Chosen], int]:
    """Decide what is due on a channel, urgent first; returns what to send, and how many were decided.

    One transaction, which commits before anybody is asked: gate, customers of marketing, messages, in this order. What
    others are busy with is left to the next time.
    """
    now = clock.now()
    async with database.transaction() as connection:
        gate = await gates.lock(connection, channel, policy.limits.of(channel), now)
        allowed, gate = send_rules.admit(gate, policy.limits.of(channel), now)
        if not allowed:
            return [], 0
        ids = await _due(connection, channel, now, min(_LOOKED_AT, 20 + _BESIDE * allowed))
        if not ids:
            return [], 0
        book = await open_book(connection, ids.values(), skip_locked=True)
        due = _still_due(book, ids, now)
        if channel == "wechat":
            await match_unanswered(connection, book, [one for one in due if one.state is D.SENDING])
            due = [one for one in due if one.state in OPEN]
        people = await read_people(connection, channel, due, policy)
        chosen = _decide(book, due, people, policy, gate, min(allowed, MOST_AT_ONCE))
        await book.store(connection)
        await _spend_subscriptions(connection, chosen)
        if chosen:
            await gates.store(connection, channel, send_rules.spent(gate, len(chosen)))
    return chosen, len(due)


async def _due(connection: Connection, channel: str, now: datetime, most: int) -> dict[int, int]:
    """Messages by delivery, in the order in which they are to be sent; customers of marketing are locked, so that no
    two channels count what they were sent at the same time.
    """
    rows = await connection.fetch(
        """SELECT id, message_id, customer_id, category FROM delivery
           WHERE channel = $1 AND state IN ('waiting', 'sending') AND due_at <= $2
           ORDER BY priority, due_at, id LIMIT $3""",
        channel,
        now,
        most,
    )
    await customers.lock(connection, {row["customer_id"] for row in rows if row["category"] == "marketing"})
    return {row["id"]: row["message_id"] for row in rows}


def _still_due(book: Book, ids: dict[int, int], now: datetime) -> list[Delivery]:
    by_id = book.by_id()
    found = [by_id[one] for one in ids if one in by_id]
    return [one for one in found if one.state in OPEN and one.due_at is not None and one.due_at <= now]


def _decide(
    book: Book,
    due: Sequence[Delivery],
    people: dict[int, Person],
    policy: MessagePolicy,
    gate: Gate,
    most: int,
) -> list[Chosen]:
    chosen: list[Chosen] = []
    for one in due:
        if one.state not in OPEN:
            continue  # what was decided of another channel has ended it
        person = people[one.customer_id]
        verdict = send_rules.decide(one, book.before(one), book.after(one), person, policy, gate.closed_until, book.now)
        if verdict.what == "skip":
            book.move(one, D.FAILED if one.state is D.SENDING else D.SKIPPED, verdict.reason)
        elif verdict.what == "fail":
            book.move(one, D.FAILED, verdict.reason)
        elif verdict.what == "put_off" and verdict.until is not None:
            book.put_off(one, verdict.reason or "", verdict.until)
        elif len(chosen) < most:
            chosen.append(_begin(book, one, person))
    return chosen


def _begin(book: Book, delivery: Delivery, person: Person) -> Chosen:
    send_rules.note_sending(delivery, person, book.now)
    delivery.attempts += 1
    delivery.asked_at = delivery.asked_at or book.now
    if delivery.channel != "sms":
        delivery.address = person.address
    lease = OUTCOME_AWAITED_FOR if delivery.channel == "wechat" else _LEASE
    book.move(delivery, D.SENDING, due_at=book.now + lease)
    for earlier in book.before(delivery):
        if earlier.state is D.WAITING:
            book.move(earlier, D.SKIPPED, FELL_BACK)
    return Chosen(delivery, person.customer_no or "", delivery.attempts)


async def _spend_subscriptions(connection: Connection, chosen: Sequence[Chosen]) -> None:
    """Before asking: a user is never written to more often than they accepted."""
    spent = [
        (one.delivery.address, one.delivery.content["template_id"])
        for one in chosen
        if one.delivery.channel == "wechat"
    ]
    if spent:
        await connection.execute(
            """UPDATE subscription s SET remaining = s.remaining - t.spent, changed_at = $3
               FROM (SELECT openid, template_id, count(*)::int AS spent
                     FROM unnest($1::text[], $2::text[]) AS u (openid, template_id) GROUP BY openid, template_id) t
               WHERE s.openid = t.openid AND s.template_id = t.template_id""",
            [one[0] for one in spent],
            [one[1] for one in spent],
            clock.now(),
        )
