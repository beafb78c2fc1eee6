"""Where a customer stands, and how the balance came about."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from domain.experience import rules
from domain.experience.catalogue import catalogue
from domain.experience.definition import Level, LevelTable
from kit import database
from kit.database import Connection


class Standing(msgspec.Struct, frozen=True):
    """A balance in the table in force; `missing` is what the next level still asks for, 0 on the highest."""

    version: int
    table: LevelTable
    balance: int
    current: Level
    next: Level | None
    missing: int


class Entry(msgspec.Struct, frozen=True):
    """One movement of experience."""

    id: int
    amount: int
    title: str
    created_at: datetime


async def standing(customer_id: int) -> Standing:
    """The level reached; a customer who never earned anything stands on the first."""
    if catalogue.revision < 0:
        await catalogue.refresh()
    balance = await database.fetchval("SELECT balance FROM experience_account WHERE customer_id = $1", customer_id) or 0
    in_force = catalogue.in_force
    current = rules.level_at(in_force.table, balance)
    following = rules.level_after(in_force.table, current)
    missing = following.threshold - balance if following else 0
    return Standing(in_force.version, in_force.table, balance, current, following, missing)


async def entries(customer_id: int, after: int | None, limit: int) -> list[Entry]:
    """Newest first, from below the id `after`."""
    rows = await database.fetch(
        """SELECT id, amount, title, created_at FROM experience_entry
           WHERE customer_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3""",
        customer_id,
        after,
        limit,
    )
    return [Entry(*row) for row in rows]


async def ranks(connection: Connection, customer_ids: Collection[int]) -> dict[int, int]:
    """The rank of each of these customers who ever earned experience."""
    rows = await connection.fetch(
        "SELECT customer_id, rank FROM experience_account WHERE customer_id = ANY($1::bigint[])", list(customer_ids)
    )
    return {row[0]: row[1] for row in rows}
