"""Earn experience, or have it taken back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals
from domain.experience import rules
from domain.experience.catalogue import catalogue
from kit import clock
from kit.database import Connection


class Earning(msgspec.Struct, frozen=True):
    """Points for (or, below zero, from) a customer. `source` names what caused it and makes it happen once."""

    customer_id: int
    amount: int
    source: str
    title: str


async def add(connection: Connection, entries: Sequence[Earning]) -> None:
    """Append entries and keep balance and level of their accounts; a balance may go below zero.

    Idempotent on `source`. The caller holds the customers' locks, as change numbers are drawn under them. Shares the
    live set, then locks the accounts in order of customer.
    """
    if not entries:
        return
    now = clock.now()
    await catalogue.follow(await approvals.share_live_set(connection))
    balances = await _lock(connection, sorted({entry.customer_id for entry in entries}), now)
    earned = await _append(connection, entries, now)
    if earned:
        await _store(connection, {customer: balances[customer] + amount for customer, amount in earned.items()}, now)


async def _lock(connection: Connection, customer_ids: list[int], now: datetime) -> dict[int, int]:
    await connection.execute(
        """INSERT INTO experience_account (customer_id, balance, rank, rank_since, change_no)
           SELECT id, 0, 0, $2, nextval('change_no') FROM unnest($1::bigint[]) AS t (id) ON CONFLICT DO NOTHING""",
        customer_ids,
        now,
    )
    rows = await connection.fetch(
        """SELECT customer_id, balance FROM experience_account WHERE customer_id = ANY($1::bigint[])
           ORDER BY customer_id FOR NO KEY UPDATE""",
        customer_ids,
    )
    return {row[0]: row[1] for row in rows}


async def _append(connection: Connection, entries: Sequence[Earning], now: datetime) -> Counter[int]:
    """What the entries that are new add up to, by customer."""
    rows = await connection.fetch(
        """INSERT INTO experience_entry (customer_id, amount, source, title, created_at)
           SELECT t.*, $5 FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS t
           ON CONFLICT (source) DO NOTHING RETURNING customer_id, amount""",
        [entry.customer_id for entry in entries],
        [entry.amount for entry in entries],
        [entry.source for entry in entries],
        [entry.title for entry in entries],
        now,
    )
    earned: Counter[int] = Counter()
    for row in rows:
        earned[row["customer_id"]] += row["amount"]
    return earned


async def _store(connection: Connection, balances: dict[int, int], now: datetime) -> None:
    table = catalogue.in_force.table
    await connection.execute(
        """UPDATE experience_account a
           SET balance = t.balance, rank = t.rank, change_no = nextval('change_no'),
               rank_since = CASE WHEN a.rank = t.rank THEN a.rank_since ELSE $4 END
           FROM unnest($1::bigint[], $2::bigint[], $3::smallint[]) AS t (customer_id, balance, rank)
           WHERE a.customer_id = t.customer_id""",
        list(balances),
        list(balances.values()),
        [rules.level_at(table, balance).rank for balance in balances.values()],
        now,
    )
