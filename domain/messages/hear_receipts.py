"""Providers say what became of messages: in any order, twice, and before we have written down that they were sent."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.messages.book import Book, Delivery, open_book
from domain.messages.states import DeliveryState
from kit import clock, database
from kit.database import Connection

D = DeliveryState
_BATCH = 500


class Receipt(msgspec.Struct, frozen=True):
    """What became of the message `provider_id` of a channel (`sms`, `push`, `wechat`, `wechat_notice`); `at` is by the
    provider's clock. Of a subscribe message `openid` and `template_id` tell which one it was if it has no number yet.
    """

    channel: str
    provider_id: str
    delivered: bool
    reason: str | None
    at: datetime
    openid: str | None = None
    template_id: str | None = None


async def hear_receipts(connection: Connection, receipts: Sequence[Receipt]) -> int:
    """Keep them, each once, and conclude the deliveries we know them for; returns how many are new.

    Joins the caller's transaction; locks the messages. One that arrived has arrived, whatever was said before or after.
    """
    rows = await connection.fetch(
        """INSERT INTO delivery_receipt
             (channel, provider_id, delivered, reason, told_at, openid, template_id, received_at)
           SELECT t.*, $8 FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::timestamptz[], $6::text[],
                                      $7::text[]) AS t
           ON CONFLICT (channel, provider_id, delivered) DO NOTHING RETURNING id""",
        [one.channel for one in receipts],
        [one.provider_id for one in receipts],
        [one.delivered for one in receipts],
        [one.reason[:64] if one.reason else None for one in receipts],
        [one.at for one in receipts],
        [one.openid for one in receipts],
        [one.template_id for one in receipts],
        clock.now(),
    )
    await _match(connection, [row[0] for row in rows])
    return len(rows)


async def match_receipts() -> int:
    """Conclude what receipts tell that came too early; returns how many could be matched. Safe to repeat."""
    waiting = await database.fetch(
        """SELECT r.id FROM delivery_receipt r
           JOIN delivery d ON d.channel = r.channel AND d.provider_id = r.provider_id
           WHERE r.matched_at IS NULL ORDER BY r.id LIMIT $1""",
        _BATCH,
    )
    if not waiting:
        return 0
    async with database.transaction() as connection:
        return await _match(connection, [row[0] for row in waiting])


_FIND = """SELECT r.id, r.delivered, r.reason, r.provider_id, d.id AS delivery_id, d.message_id FROM delivery_receipt r
           JOIN delivery d ON d.channel = r.channel AND
             (d.provider_id = r.provider_id
              OR (d.channel = 'wechat' AND d.provider_id IS NULL AND d.state = 'sending' AND d.address = r.openid
                  AND d.content ->> 'template_id' = r.template_id
                  AND NOT EXISTS (SELECT FROM delivery o
                                  WHERE o.channel = r.channel AND o.provider_id = r.provider_id)))
           WHERE r.id = ANY($1::bigint[]) ORDER BY r.id, d.asked_at"""


async def _match(connection: Connection, receipt_ids: Sequence[int]) -> int:
    if not receipt_ids:
        return 0
    found = await connection.fetch(_FIND, list(receipt_ids))
    if not found:
        return 0
    book = await open_book(connection, {row["message_id"] for row in found})
    by_id = book.by_id()
    matched: set[int] = set()
    for row in found:
        delivery = by_id[row["delivery_id"]]
        if row["id"] in matched or delivery.provider_id not in (None, row["provider_id"]):
            continue
        matched.add(row["id"])
        delivery.provider_id = row["provider_id"]
        _apply(book, delivery, row["delivered"], row["reason"])
    await book.store(connection)
    await connection.execute(
        "UPDATE delivery_receipt SET matched_at = $2 WHERE id = ANY($1::bigint[])", list(matched), clock.now()
    )
    return len(matched)


def _apply(book: Book, delivery: Delivery, delivered: bool, reason: str | None) -> None:
    if delivered and delivery.state in (D.SENDING, D.SENT, D.FAILED):
        book.move(delivery, D.DELIVERED)
    elif not delivered and delivery.state in (D.SENDING, D.SENT):
        book.move(delivery, D.FAILED, (reason or "not_delivered")[:64])
