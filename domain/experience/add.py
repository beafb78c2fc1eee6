"""Earn experience, or have it taken back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals
from domain.experience import accounts, rules
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
    """Append entries and keep balance and level of their accounts; a balance may go below zero. Rising is recorded as
    `LevelRisen`.

    Idempotent on `source`. The caller holds the customers' locks, as change numbers are drawn under them. Shares the
    live set, then locks the accounts in order of customer.
    """
    if not entries:
        return
    now = clock.now()
    await catalogue.follow(await approvals.share_live_set(connection))
    table = catalogue.in_force.table
    held = await accounts.lock(connection, {entry.customer_id for entry in entries}, now)
    earned = await _append(connection, entries, now)
    if not earned:
        return
    after = {who: rules.earned(table, held[who], amount, now) for who, amount in earned.items()}
    await accounts.store(
        connection,
        table,
        {who: account for who, (account, _) in after.items()},
        {who: moves for who, (_, moves) in after.items()},
        now,
    )


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
