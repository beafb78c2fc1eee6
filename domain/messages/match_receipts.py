"""Receipts find the deliveries they are about, also those that came before we knew the provider's number."""

from collections.abc import Sequence

from domain.messages.book import Book, Delivery, open_book
from domain.messages.states import DeliveryState
from kit import clock, database
from kit.database import Connection

D = DeliveryState
_BATCH = 500


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
        return await match(connection, [row[0] for row in waiting])


async def match(connection: Connection, receipt_ids: Sequence[int]) -> int:
    """Conclude the deliveries these receipts name by the provider's number; returns how many were. Locks messages."""
    if not receipt_ids:
        return 0
    found = await connection.fetch(
        """SELECT r.id, r.delivered, r.reason, d.id AS delivery_id, d.message_id FROM delivery_receipt r
           JOIN delivery d ON d.channel = r.channel AND d.provider_id = r.provider_id
           WHERE r.id = ANY($1::bigint[]) ORDER BY r.id""",
        list(receipt_ids),
    )
    if not found:
        return 0
    book = await open_book(connection, {row["message_id"] for row in found})
    by_id = book.by_id()
    for row in found:
        _apply(book, by_id[row["delivery_id"]], row["delivered"], row["reason"])
    await book.store(connection)
    await _note(connection, [row["id"] for row in found])
    return len(found)


async def match_unanswered(connection: Connection, book: Book, unanswered: Sequence[Delivery]) -> None:
    """Before subscribe messages whose outcome we never heard are given up: a receipt for the same user and template,
    which no other delivery has claimed by its number, is theirs. Joins the transaction that holds `book`.
    """
    rows = await connection.fetch(
        """SELECT id, openid, template_id, provider_id, delivered, reason FROM delivery_receipt
           WHERE matched_at IS NULL AND channel = 'wechat' AND openid = ANY($1::text[])
           ORDER BY delivered DESC, id FOR NO KEY UPDATE SKIP LOCKED""",
        [one.address for one in unanswered],
    )
    used: list[int] = []
    for delivery in unanswered:
        of = (delivery.address, delivery.content.get("template_id"))
        row = next((one for one in rows if (one["openid"], one["template_id"]) == of and one["id"] not in used), None)
        if row is not None:
            used.append(row["id"])
            delivery.provider_id = row["provider_id"]
            _apply(book, delivery, row["delivered"], row["reason"])
    await _note(connection, used)


async def _note(connection: Connection, receipt_ids: Sequence[int]) -> None:
    await connection.execute(
        "UPDATE delivery_receipt SET matched_at = $2 WHERE id = ANY($1::bigint[])", list(receipt_ids), clock.now()
    )


def _apply(book: Book, delivery: Delivery, delivered: bool, reason: str | None) -> None:
    if delivered and delivery.state in (D.SENDING, D.SENT, D.FAILED):
        book.move(delivery, D.DELIVERED)
    elif not delivered and delivery.state in (D.SENDING, D.SENT):
        book.move(delivery, D.FAILED, (reason or "not_delivered")[:64])
