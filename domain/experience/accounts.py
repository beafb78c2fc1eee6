"""Rows of experience accounts: locked, judged, written back with the history of their levels and what rising earns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from domain import outbox
from domain.experience import rules
from domain.experience.definition import LevelTable
from domain.experience.rules import Account, Move
from domain.experience.tell import tell
from domain.facts import LevelMoved, LevelRisen
from kit import clock
from kit.database import Connection

COLUMNS = "customer_id, balance, rank, cap, period_from, level_until, earned, period_day, spent"


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
               level_until = t.level_until, earned = t.earned, period_day = t.period_day,
               change_no = nextval('change_no'), rank_since = CASE WHEN a.rank = t.rank THEN a.rank_since ELSE $9 END
           FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::smallint[], $5::timestamptz[],
                       $6::timestamptz[], $7::bigint[], $8::smallint[])
             AS t (customer_id, balance, rank, cap, period_from, level_until, earned, period_day)
           WHERE a.customer_id = t.customer_id""",
        list(accounts),
        [account.balance for account in accounts.values()],
        [account.rank for account in accounts.values()],
        [account.cap for account in accounts.values()],
        [account.begins for account in accounts.values()],
        [account.ends for account in accounts.values()],
        [account.earned for account in accounts.values()],
        [account.day for account in accounts.values()],
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
    if table.has_standing:
        await outbox.record(connection, [LevelMoved(customer_id) for customer_id in moves if moves[customer_id]])
    await tell(connection, table, moved, {who: account.ends for who, account in accounts.items()})


async def place(connection: Connection, former: LevelTable, table: LevelTable, now: datetime) -> None:
    """Put every account where `table` has it, by the rule of `rules.reached`: a level fallen to is found again by its
    threshold in the `former` table. Nobody gets gifts for it.

    Periods go on. Where there were none they begin now, and count what they have brought already. Nobody earns
    meanwhile: `add` shares the live set, which the caller holds.
    """
    begins = rules.period_start(table.validity, now) if table.validity else None
    day = clock.business_day(begins).day if begins else None
    await connection.execute(
        """WITH ladder AS (
             SELECT threshold, keep, number - 1 AS rank
             FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS t (threshold, keep, number)),
           counted AS (
             SELECT customer_id, balance + spent AS ever, rank,
                    CASE WHEN $5::timestamptz IS NOT NULL THEN ($3::smallint[])[cap + 1] END AS cap,
                    CASE WHEN $5 IS NULL THEN 0 WHEN period_from IS NOT NULL THEN earned
                         ELSE (SELECT coalesce(sum(e.amount), 0) FROM experience_entry e
                               WHERE e.customer_id = a.customer_id AND e.created_at >= $5
                               AND e.source NOT LIKE 'exchange%') END AS earned
             FROM experience_account a),
           placed AS (
             SELECT customer_id, rank AS before, cap, earned,
                    (SELECT coalesce(min(l.rank), cardinality($1)) - 1 FROM ladder l
                     WHERE l.rank > 0 AND (c.ever < l.threshold OR (l.rank > c.cap AND c.earned < l.keep))) AS after
             FROM counted c),
           noted AS (
             INSERT INTO level_move (customer_id, before, after, reason, at)
             SELECT customer_id, before, after, 'table', $4 FROM placed WHERE before <> after)
           UPDATE experience_account a SET
             rank = p.after, cap = CASE WHEN p.cap IS NOT NULL THEN greatest(p.cap, p.after) END, earned = p.earned,
             change_no = nextval('change_no'),
             rank_since = CASE WHEN p.before = p.after THEN a.rank_since ELSE $4 END,
             period_from = CASE WHEN $5 IS NOT NULL THEN coalesce(a.period_from, $5) END,
             level_until = CASE WHEN $5 IS NOT NULL THEN coalesce(a.level_until, $6) END,
             period_day = CASE WHEN $5 IS NOT NULL THEN coalesce(a.period_day, $7) END
           FROM placed p WHERE p.customer_id = a.customer_id
             AND (p.before <> p.after OR a.cap IS NOT NULL OR (a.level_until IS NULL) <> ($5 IS NULL))""",
        rules.thresholds(table),
        [level.keep for level in table.levels],
        [rules.level_at(table, threshold).rank for threshold in rules.thresholds(former)],
        now,
        begins,
        rules.period_end(table.validity, begins) if table.validity and begins else None,
        day,
    )


def _risen(table: LevelTable, customer_id: int, move: Move) -> list[LevelRisen]:
    """Each level passed on the way up has its gifts."""
    passed = table.levels[move.before + 1 : move.after + 1] if move.reason == "rise" else []
    return [
        LevelRisen(customer_id, level.rank, level.name, move.period, [gift.due() for gift in level.gifts])
        for level in passed
        if level.gifts
    ]
