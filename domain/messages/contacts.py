"""Why a customer was, or was not, contacted; and how a template's messages fared."""

from datetime import datetime

import msgspec

from domain.messages.words import told
from domain.operators import OperatorIdentity
from kit import database
from kit.masking import mask_name_of_channel, mask_phone


class Step(msgspec.Struct, frozen=True):
    """One decision or step of a delivery."""

    at: datetime
    state: str
    reason: str | None
    text: str


class Contact(msgspec.Struct, frozen=True):
    """One channel of a message; `address` is masked, `text` says in a sentence how it stands."""

    channel: str
    state: str
    reason: str | None
    text: str
    attempts: int
    due_at: datetime | None
    address: str | None
    steps: list[Step]


class Contacts(msgspec.Struct, frozen=True):
    """A message with everything that became of it; without channels it was for the inbox only."""

    message_id: int
    template: str
    title: str
    category: str
    created_at: datetime
    read_at: datetime | None
    channels: list[Contact]


class Figures(msgspec.Struct, frozen=True):
    """Of one template by one channel: how many deliveries are in this state for this reason."""

    template: str
    channel: str
    state: str
    reason: str | None
    text: str
    count: int


async def contacts(customer_id: int, *, before: int | None, limit: int) -> list[Contacts]:
    """A customer's messages, newest first, from below the id `before`, with what was decided by each channel."""
    rows = await database.fetch(
        """SELECT id, template, title, category, created_at, read_at FROM message
           WHERE customer_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3""",
        customer_id,
        before,
        limit,
    )
    deliveries = await database.fetch(
        """SELECT id, message_id, channel, state, reason, attempts, due_at, address, created_at FROM delivery
           WHERE message_id = ANY($1::bigint[]) ORDER BY message_id, position""",
        [row["id"] for row in rows],
    )
    moves = await database.fetch(
        "SELECT delivery_id, after, reason, at FROM delivery_move WHERE delivery_id = ANY($1::bigint[]) ORDER BY id",
        [row["id"] for row in deliveries],
    )
    steps: dict[int, list[Step]] = {}
    for move in moves:
        text = told(move["after"], move["reason"])
        steps.setdefault(move["delivery_id"], []).append(Step(move["at"], move["after"], move["reason"], text))
    by_message: dict[int, list[Contact]] = {}
    for row in deliveries:
        by_message.setdefault(row["message_id"], []).append(
            Contact(
                row["channel"],
                row["state"],
                row["reason"],
                told(row["state"], row["reason"]),
                row["attempts"],
                row["due_at"],
                _masked(row["address"], row["channel"]),
                steps.get(row["id"], []),
            )
        )
    return [
        Contacts(
            row["id"],
            row["template"],
            row["title"],
            row["category"],
            row["created_at"],
            row["read_at"],
            by_message.get(row["id"], []),
        )
        for row in rows
    ]


async def figures(operator: OperatorIdentity, since: datetime, template: str | None) -> list[Figures]:
    """Deliveries written since then, of customers this operator sees, by template, channel, state and reason."""
    rows = await database.fetch(
        """SELECT m.template, d.channel, d.state, d.reason, count(*) FROM delivery d
           JOIN message m ON m.id = d.message_id JOIN customer c ON c.id = d.customer_id
           WHERE m.created_at >= $1 AND ($2::text IS NULL OR m.template = $2)
             AND ($3::text[] IS NULL OR c.branch = ANY($3))
           GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4""",
        since,
        template,
        operator.within,
    )
    return [Figures(row[0], row[1], row[2], row[3], told(row[2], row[3]), row[4]) for row in rows]


def _masked(address: str | None, channel: str) -> str | None:
    if address is None:
        return None
    return mask_phone(address) if channel == "sms" else mask_name_of_channel(address)
