"""Grants: one per (claim, round, position), pending until they settle, then given in one transaction."""

from collections.abc import Sequence

from domain import customers, outbox
from domain.facts import RewardsSettled, TaskCompleted
from domain.rewards.give import give
from kit import clock, database
from kit.database import Connection

BATCH = 500
CLOSED = "closed"
"""Kind of the row at position 0 that says: this completion was lost, grant nothing for it any more."""


async def grant(connection: Connection, facts: Sequence[TaskCompleted]) -> None:
    """Write down what each completion earns, and give what is due now. Idempotent: the grants' unique key."""
    await customers.lock(connection, {fact.customer_id for fact in facts})
    rows = [
        (
            fact.claim_id,
            fact.round,
            position,
            fact.customer_id,
            due.kind,
            due.target,
            due.amount,
            f"完成任务：{fact.name}"[:64],
            fact.settles_at,
        )
        for fact in facts
        for position, due in enumerate(fact.rewards, start=1)
    ]
    await connection.executemany(
        """INSERT INTO reward_grant (claim_id, round, position, customer_id, kind, target, amount, title, cost_fen,
                                     state, settles_at)
           SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, 'pending', $9
           WHERE NOT EXISTS (SELECT FROM reward_grant WHERE claim_id = $1 AND round = $2 AND position = 0)
           ON CONFLICT DO NOTHING""",
        rows,
    )
    due = await connection.fetch(
        """SELECT * FROM reward_grant WHERE claim_id = ANY($1::bigint[]) AND state = 'pending' AND settles_at <= $2
           ORDER BY id""",
        [fact.claim_id for fact in facts],
        clock.now(),
    )
    empty = [RewardsSettled(fact.claim_id, fact.round, fact.customer_id) for fact in facts if not fact.rewards]
    await outbox.record(connection, empty)
    await give(connection, due)


async def settle_due() -> int:
    """Give the pending grants whose waiting time is over; returns how many. Run by the worker."""
    async with database.transaction() as connection:
        waiting = await connection.fetch(
            """SELECT id, customer_id FROM reward_grant WHERE state = 'pending' AND settles_at <= $1
               ORDER BY settles_at LIMIT $2""",
            clock.now(),
            BATCH,
        )
        if not waiting:
            return 0
        await customers.lock(connection, {row["customer_id"] for row in waiting})
        due = await connection.fetch(
            "SELECT * FROM reward_grant WHERE id = ANY($1::bigint[]) AND state = 'pending' ORDER BY id",
            [row["id"] for row in waiting],
        )
        await give(connection, due)
    return len(due)
