"""Where a customer stands, and how the balance came about."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from domain.experience import rules
from domain.experience.accounts import COLUMNS
from domain.experience.catalogue import catalogue
from domain.experience.definition import Level, LevelTable
from domain.experience.rules import Account
from kit import clock, database
from kit.database import Connection


class Keep(msgspec.Struct, frozen=True):
    """What keeps the level held: `needed` experience in the period that ends at `by`, of which `earned` is there."""

    needed: int
    earned: int
    missing: int
    by: datetime


class Standing(msgspec.Struct, frozen=True):
    """The level held in the table in force. `missing` is what the next level still asks for, 0 on the highest: of the
    balance, or after a fall of the experience earned in the present period. `holds_until` is when it is judged, None
    where it holds as long as the balance does.
    """

    version: int
    table: LevelTable
    balance: int
    current: Level
    next: Level | None
    missing: int
    holds_until: datetime | None = None
    keep: Keep | None = None


class LevelChange(msgspec.Struct, frozen=True):
    """The level changed or was renewed; `reason` is `rise`, `fall`, `renew`, `clawback` or `table`."""

    before: int
    after: int
    reason: str
    at: datetime


class Entry(msgspec.Struct, frozen=True):
    """One movement of experience."""

    id: int
    amount: int
    title: str
    created_at: datetime


async def standing(customer_id: int) -> Standing:
    """The level held; a customer who never earned anything stands on the first."""
    if catalogue.revision < 0:
        await catalogue.refresh()
    row = await database.fetchrow(f"SELECT {COLUMNS} FROM experience_account WHERE customer_id = $1", customer_id)
    in_force = catalogue.in_force
    table = in_force.table
    account, _ = rules.turned(table, Account(*row[1:]), clock.now()) if row else (Account(0, 0), [])
    current = table.levels[min(account.rank, len(table.levels) - 1)]
    following = rules.level_after(table, current)
    return Standing(
        in_force.version,
        table,
        account.balance,
        current,
        following,
        rules.missing_for(following, account) if following else 0,
        account.ends if current.keep is not None else None,
        _keep(current, account),
    )


def _keep(current: Level, account: Account) -> Keep | None:
    if current.keep is None or account.ends is None:
        return None
    return Keep(current.keep, account.earned, max(0, current.keep - account.earned), account.ends)


async def changes(customer_id: int, limit: int = 20) -> list[LevelChange]:
    """The latest changes of the level, newest first."""
    rows = await database.fetch(
        "SELECT before, after, reason, at FROM level_move WHERE customer_id = $1 ORDER BY id DESC LIMIT $2",
        customer_id,
        limit,
    )
    return [LevelChange(*row) for row in rows]


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
