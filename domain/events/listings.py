"""Events as operators look at them: one customer's, and those that need somebody to look at them. What is personal in
their attributes is masked.
"""

from datetime import datetime
from typing import Any

import msgspec

from domain.events.event import MONEY_IN, TAKES_BACK
from domain.operators import OperatorIdentity
from kit import database
from kit.masking import mask_values


class Listed(msgspec.Struct, frozen=True):
    """An event with when we heard of it."""

    id: int
    source: str
    event_id: str
    type: str
    customer_no: str | None
    occurred_at: datetime
    received_at: datetime
    amount_fen: int
    mcc: str | None
    merchant_id: str | None
    merchant_name: str | None
    channel: str | None
    card_last4: str | None
    original_event_id: str | None
    attributes: dict[str, Any] | None


class Suspended(msgspec.Struct, frozen=True):
    """A repeat that says something else: what we know under its id, and what it said."""

    id: int
    received_at: datetime
    customer_no: str | None
    known: dict[str, Any]
    told: dict[str, Any]


_COLUMNS = """e.id, e.source, e.event_id, e.type, c.customer_no, e.occurred_at, e.received_at, e.amount_fen, e.mcc,
 e.merchant_id, e.merchant_name, e.channel, e.card_last4, e.original_event_id, e.attributes"""


async def listed(customer_id: int, type: str | None, before: int | None, limit: int) -> list[Listed]:
    """One customer's events, as they were told, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""SELECT {_COLUMNS} FROM event e JOIN customer c ON c.id = e.customer_id
            WHERE e.customer_id = $1 AND ($2::text IS NULL OR e.type = $2) AND ($3::bigint IS NULL OR e.id < $3)
            ORDER BY e.id DESC LIMIT $4""",
        customer_id,
        type,
        before,
        limit,
    )
    return [_listed(row) for row in rows]


async def unlinked(operator: OperatorIdentity, before: int | None, limit: int) -> list[Listed]:
    """Refunds, reversals and chargebacks that link to no transaction of their customer (see `conditions.netting`), of
    the operator's branch, newest first. When the transaction is told after all they are there no more.
    """
    rows = await database.fetch(
        f"""SELECT {_COLUMNS} FROM event e JOIN customer c ON c.id = e.customer_id
            WHERE e.type IN ({_quoted(TAKES_BACK)}) AND ($1::text[] IS NULL OR c.branch = ANY($1))
              AND ($2::bigint IS NULL OR e.id < $2)
              AND NOT CASE WHEN e.original_event_id IS NOT NULL THEN EXISTS (
                SELECT FROM event o WHERE o.source = e.source AND o.event_id = e.original_event_id
                  AND o.customer_id = e.customer_id AND o.type IN ({_quoted(MONEY_IN + TAKES_BACK)}))
              ELSE e.card_token <> '' AND e.merchant_id <> '' AND e.auth_code <> '' AND EXISTS (
                SELECT FROM event o WHERE o.customer_id = e.customer_id AND o.type IN ({_quoted(MONEY_IN)})
                  AND (o.card_token, o.merchant_id, o.auth_code) = (e.card_token, e.merchant_id, e.auth_code))
              END IS TRUE
            ORDER BY e.id DESC LIMIT $3""",
        operator.within,
        before,
        limit,
    )
    return [_listed(row) for row in rows]


async def suspended(operator: OperatorIdentity, before: int | None, limit: int) -> list[Suspended]:
    """Repeats with another content, of customers of the operator's branch, newest first."""
    rows = await database.fetch(
        f"""SELECT s.id AS suspended_id, s.received_at AS told_at, s.content, {_COLUMNS} FROM suspended_event s
            JOIN event e USING (source, event_id) JOIN customer c ON c.id = e.customer_id
            WHERE ($1::text[] IS NULL OR c.branch = ANY($1)) AND ($2::bigint IS NULL OR s.id < $2)
            ORDER BY s.id DESC LIMIT $3""",
        operator.within,
        before,
        limit,
    )
    return [_suspended(row) for row in rows]


async def cards_of(customer_id: int) -> list[tuple[str, str | None, str | None]]:
    """Token, last four digits and product of the cards in a customer's events, the latest twenty."""
    rows = await database.fetch(
        """SELECT card_token, (array_agg(card_last4 ORDER BY id DESC))[1], (array_agg(card_product ORDER BY id DESC))[1]
           FROM event WHERE customer_id = $1 AND card_token <> '' GROUP BY card_token ORDER BY max(id) DESC LIMIT 20""",
        customer_id,
    )
    return [(row[0], row[1], row[2]) for row in rows]


_HIDDEN = ("card_token", "auth_code", "source")


def _suspended(row: Any) -> Suspended:
    content = msgspec.json.decode(row["content"])
    told = {key: value for key, value in content.items() if key not in _HIDDEN}
    if told.get("attributes"):
        told["attributes"] = mask_values(told["attributes"])
    known = msgspec.to_builtins(_listed(row[3:]))
    return Suspended(
        row["suspended_id"], row["told_at"], row["customer_no"], {key: known.get(key) for key in told}, told
    )


def _listed(row: Any) -> Listed:
    values: list[Any] = list(row)
    values[-1] = mask_values(msgspec.json.decode(values[-1])) if values[-1] else None  # attributes
    return Listed(*values)


def _quoted(types: tuple[str, ...]) -> str:
    return ", ".join(f"'{one}'" for one in types)
