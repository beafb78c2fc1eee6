"""What came of asking, written down in one transaction."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from domain.messages import gates, send_rules
from domain.messages.ask import Outcome
from domain.messages.book import Book, Delivery, open_book
from domain.messages.policy import ChannelLimits
from domain.messages.send_rules import OUTCOME_AWAITED_FOR
from domain.messages.states import DeliveryState
from kit import clock, database, logging
from kit.database import Connection

log = logging.get("messages")
D = DeliveryState
_UNASKED_FOR = timedelta(seconds=15)
QUOTA, REFUSED_BY_USER = "wechat.quota", "wechat.refused_by_user"


async def conclude(channel: str, limits: ChannelLimits, outcomes: Sequence[Outcome]) -> None:
    """Locks the channel's gate, then the messages. What a receipt has concluded meanwhile stays as it is."""
    if not outcomes:
        return
    async with database.transaction() as connection:
        await _tell_gate(connection, channel, limits, outcomes)
        book = await open_book(connection, {one.chosen.delivery.message_id for one in outcomes})
        by_id = book.by_id()
        taken = await _taken(connection, channel, outcomes)
        for one in outcomes:
            delivery = by_id[one.chosen.delivery.id]
            if delivery.content:  # of an erased customer nothing is written down any more
                delivery.address = delivery.address or one.address
            if one.provider_id is not None and delivery.provider_id is None:
                if one.provider_id in taken:
                    log.warning("message.number_of_another", channel=channel, delivery=delivery.id)
                else:
                    delivery.provider_id = one.provider_id
                    taken.add(one.provider_id)
                    book.touch(delivery)
            if delivery.state is D.SENDING and (one.what == "sent" or delivery.attempts == one.chosen.attempt):
                _apply(book, delivery, one)
        await book.store(connection)
        await _correct_subscriptions(connection, outcomes)


def _apply(book: Book, delivery: Delivery, outcome: Outcome) -> None:
    """One that was certainly not sent forgets that it was asked: it counts against no cap, and may be asked again."""
    if outcome.what == "sent":
        book.move(delivery, D.SENT)
    elif outcome.what == "skipped":
        book.move(delivery, D.SKIPPED, outcome.reason)
    elif outcome.what == "unasked":
        delivery.attempts -= 1
        delivery.asked_at = delivery.asked_at if delivery.attempts else None
        book.move(delivery, D.WAITING, outcome.reason, book.now + _UNASKED_FOR)
    elif outcome.what == "no_answer" and delivery.channel == "wechat":
        book.move(delivery, D.SENDING, outcome.reason, book.now + OUTCOME_AWAITED_FOR)
    elif outcome.what == "no_answer":
        book.move(delivery, D.WAITING, outcome.reason, book.now + send_rules.wait_after(delivery.attempts))
    elif outcome.reason == QUOTA:
        delivery.asked_at = None
        book.move(delivery, D.WAITING, outcome.reason, book.now)
    else:
        book.move(delivery, D.FAILED, outcome.reason)


async def _tell_gate(connection: Connection, channel: str, limits: ChannelLimits, outcomes: Sequence[Outcome]) -> None:
    now = clock.now()
    asked = [one for one in outcomes if one.what in ("sent", "refused", "no_answer")]
    gate = await gates.lock(connection, channel, limits, now)
    gate = send_rules.heard(gate, limits, [one.what != "no_answer" for one in asked], now)
    if any(one.reason == QUOTA for one in asked):
        gate = msgspec.structs.replace(gate, closed_until=send_rules.next_day(now))
    unanswered = sum(one.what == "no_answer" for one in asked)
    await gates.store(connection, channel, gate, len(asked), unanswered, sum(one.what == "refused" for one in asked))


async def _taken(connection: Connection, channel: str, outcomes: Sequence[Outcome]) -> set[str]:
    """Numbers that stand at a delivery already: no provider may give one twice."""
    rows = await connection.fetch(
        "SELECT provider_id FROM delivery WHERE channel = $1 AND provider_id = ANY($2::text[])",
        channel,
        [one.provider_id for one in outcomes if one.provider_id],
    )
    return {row[0] for row in rows}


async def _correct_subscriptions(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """What was refused has used up nothing; who WeChat says takes no more, takes no more."""
    refused = sorted(
        (one.address or "", one.chosen.delivery.content["template_id"], int(one.reason != REFUSED_BY_USER))
        for one in outcomes
        if one.what == "refused" and one.chosen.delivery.channel == "wechat"
    )
    for openid, template_id, given_back in refused:
        await connection.execute(
            """UPDATE subscription SET changed_at = $4, remaining = CASE WHEN $3::int = 0 THEN 0 ELSE remaining + $3 END
               WHERE openid = $1 AND template_id = $2""",
            openid,
            template_id,
            given_back,
            clock.now(),
        )
