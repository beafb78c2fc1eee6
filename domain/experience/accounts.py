"""Rows of experience accounts: locked, judged, written back with the history of their levels and what rising earns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from domain import outbox
from domain.experience.definition import LevelTable
from domain.experience.rules import Account, Move
from domain.facts import LevelRisen
from kit.database import Connection

COLUMNS = "customer_id, balance, rank, cap, period_from, level_until, earned, spent"


async def lock(connection: Connection, customer_ids: Iterable[int], now: datetime) -> dict[int, Account]:
    """The accounts of these customers, made where there are none, in order of customer."""
    ids = sorted(customer_ids)
    await connection.execute(
        """INSERT INTO experience_account (customer_id, balance, rank, rank_since, earned, change_no)
           SELECT id, 0, 0, $2, 0, nextval('change_no') FROM unnest($1::bigint[]) AS t (id) ON CONFLICT DO NOTHING""",
        ids,
        now,
    )
    rows = await connection.fetch(
        f"""SELECT {COLUMNS} FROM experience_account WHERE customer_id = ANY($1::bigint[])
            ORDER BY customer_id FOR NO KEY UPDATE""",
        ids,
    )
    return {row[0]: Account(*row[1:]) for row in rows}


async def store(
    connection: Connection,
    table: LevelTable,
    accounts: Mapping[int, Account],
    moves: Mapping[int, Sequence[Move]],
    now: datetime,
) -> None:
    """Write accounts the caller has locked, note what moved, and record what rising earns."""
    await connection.execute(
        """UPDATE experience_account a
           SET balance = t.balance, rank = t.rank, cap = t.cap, period_from = t.period_from,
               level_until = t.level_until, earned = t.earned, change_no = nextval('change_no'),
               rank_since = CASE WHEN a.rank = t.rank THEN a.rank_since ELSE $8 END
           FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::smallint[], $5::timestamptz[],
                       $6::timestamptz[], $7::bigint[])
             AS t (customer_id, balance, rank, cap, period_from, level_until, earned)
           WHERE a.customer_id = t.customer_id""",
        list(accounts),
        [account.balance for account in accounts.values()],
        [account.rank for account in accounts.values()],
        [account.cap for account in accounts.values()],
        [account.begins for account in accounts.values()],
        [account.ends for account in accounts.values()],
        [account.earned for account in accounts.values()],
        now,
    )
    moved = [(customer_id, move) for customer_id, several in moves.items() for move in several]
    if not moved:
        return
    await connection.execute(
        """INSERT INTO level_move (customer_id, before, after, reason, at)
           SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::text[], $5::timestamptz[])""",
        [customer_id for customer_id, _ in moved],
        [move.before for _, move in moved],
        [move.after for _, move in moved],
        [move.reason for _, move in moved],
        [move.at for _, move in moved],
    )
    await outbox.record(connection, [fact for one in moved for fact in _risen(table, *one)])


def _risen(table: LevelTable, customer_id: int, move: Move) -> list[LevelRisen]:
    """Each level passed on the way up has its gifts."""
    passed = table.levels[move.before + 1 : move.after + 1] if move.reason == "rise" else []
    return [
        LevelRisen(customer_id, level.rank, level.name, move.period, [gift.due() for gift in level.gifts])
        for level in passed
        if level.gifts
    ]
