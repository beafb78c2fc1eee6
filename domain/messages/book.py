"""Deliveries of whole messages, loaded under the messages' locks, moved in memory and written back at once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from domain.messages.states import ENDED, MOVES, OPEN, UNDER_WAY, DeliveryState
from kit import clock
from kit.database import Connection

D = DeliveryState
NOT_NEEDED = "not_needed"


@dataclass
class Delivery:
    """A row of `delivery`."""

    id: int
    message_id: int
    customer_id: int
    position: int
    channel: str
    category: str
    priority: int
    loan_offer: bool
    content: dict[str, Any]
    state: DeliveryState
    reason: str | None
    attempts: int
    due_at: datetime | None
    useful_until: datetime
    address: str | None
    provider_id: str | None
    created_at: datetime
    asked_at: datetime | None
    sent_at: datetime | None


_COLUMNS = ", ".join("content::text AS content" if name == "content" else name for name in Delivery.__annotations__)
_Move = tuple[int, str, str, str | None]


@dataclass
class Book:
    """All deliveries of some messages, by message and in order of their channels."""

    now: datetime
    of_message: dict[int, list[Delivery]]
    _changed: dict[int, Delivery] = field(default_factory=dict)
    _moves: list[_Move] = field(default_factory=list)

    def by_id(self) -> dict[int, Delivery]:
        """Every delivery of these messages."""
        return {one.id: one for several in self.of_message.values() for one in several}

    def before(self, delivery: Delivery) -> list[Delivery]:
        """Those of the same message by the channels before it."""
        return [one for one in self.of_message[delivery.message_id] if one.position < delivery.position]

    def after(self, delivery: Delivery) -> list[Delivery]:
        """Those of the same message by the channels after it."""
        return [one for one in self.of_message[delivery.message_id] if one.position > delivery.position]

    def move(
        self, delivery: Delivery, after: DeliveryState, reason: str | None = None, due_at: datetime | None = None
    ) -> None:
        """One step, and what follows for the message's other channels. Refuses what `MOVES` does not have."""
        if after not in MOVES[delivery.state]:
            raise ValueError(f"delivery {delivery.id}: {delivery.state} does not become {after}")
        self._note(delivery, after, reason)
        delivery.state, delivery.due_at = after, due_at if after in OPEN else None
        if after in (D.SENT, D.DELIVERED):
            delivery.sent_at = delivery.sent_at or self.now
        later = self.after(delivery)
        waiting = [one for one in later if one.state is D.WAITING]
        if after is D.DELIVERED:
            for one in waiting:
                self.move(one, D.SKIPPED, NOT_NEEDED)
        elif after in (D.FAILED, D.SKIPPED) and waiting and not any(one.state in UNDER_WAY for one in later):
            waiting[0].due_at = min(waiting[0].due_at or self.now, self.now)
            self._changed[waiting[0].id] = waiting[0]

    def touch(self, delivery: Delivery) -> None:
        """Something else of it has changed, and is to be stored."""
        self._changed[delivery.id] = delivery

    def put_off(self, delivery: Delivery, reason: str, until: datetime) -> None:
        """It stays what it is, for a reason that is written down."""
        self._note(delivery, delivery.state, reason)
        delivery.due_at = until

    def _note(self, delivery: Delivery, after: DeliveryState, reason: str | None) -> None:
        self._moves.append((delivery.id, delivery.state, after, reason))
        self._changed[delivery.id] = delivery
        delivery.reason = reason

    async def store(self, connection: Connection) -> None:
        """Write what changed, in two statements."""
        if not self._changed:
            return
        rows = list(self._changed.values())
        await connection.execute(
            """UPDATE delivery d SET state = t.state, reason = t.reason, attempts = t.attempts, due_at = t.due_at,
                      address = t.address, provider_id = t.provider_id, asked_at = t.asked_at, sent_at = t.sent_at,
                      ended_at = CASE WHEN t.state = ANY($10::text[]) THEN
                        CASE WHEN d.state = t.state THEN d.ended_at ELSE $11 END END
               FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[], $7::text[],
                           $8::timestamptz[], $9::timestamptz[])
                    AS t (id, state, reason, attempts, due_at, address, provider_id, asked_at, sent_at)
               WHERE d.id = t.id""",
            [one.id for one in rows],
            [one.state for one in rows],
            [one.reason for one in rows],
            [one.attempts for one in rows],
            [one.due_at for one in rows],
            [one.address for one in rows],
            [one.provider_id for one in rows],
            [one.asked_at for one in rows],
            [one.sent_at for one in rows],
            [str(state) for state in ENDED],
            self.now,
        )
        await connection.execute(
            """INSERT INTO delivery_move (delivery_id, before, after, reason, at)
               SELECT t.*, $5 FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t""",
            *(list(column) for column in zip(*self._moves, strict=True)) if self._moves else ([], [], [], []),
            self.now,
        )


async def open_book(connection: Connection, message_ids: Collection[int], *, skip_locked: bool = False) -> Book:
    """The deliveries of these messages, held until the end of the transaction by the messages' rows, in order of id.

    With `skip_locked` messages somebody else is busy with are left out.
    """
    held = await connection.fetch(
        "SELECT id FROM message WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"
        + (" SKIP LOCKED" if skip_locked else ""),
        list(message_ids),
    )
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM delivery WHERE message_id = ANY($1::bigint[]) ORDER BY message_id, position",
        [row[0] for row in held],
    )
    found: dict[int, list[Delivery]] = {row[0]: [] for row in held}
    for row in rows:
        values = dict(row) | {"state": DeliveryState(row["state"]), "content": msgspec.json.decode(row["content"])}
        found[row["message_id"]].append(Delivery(**values))
    return Book(clock.now(), found)
