"""Grants: one per (claim, round, position), pending until they settle, then given in one transaction."""

from collections.abc import Sequence

import msgspec

from domain import coupons, customers, experience, outbox
from domain.facts import RewardsSettled, TaskCompleted
from kit import clock, database
from kit.database import Connection, Record

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
    await _give(connection, due)


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
        await _give(connection, due)
    return len(due)


async def _give(connection: Connection, due: Sequence[Record]) -> None:
    if not due:
        return
    points = [row for row in due if row["kind"] == "experience"]
    await experience.add(
        connection,
        [experience.Earning(row["customer_id"], row["amount"], f"grant:{row['id']}", row["title"]) for row in points],
    )
    outcomes = await _issue(connection, [row for row in due if row["kind"] == "coupon"])
    given = [outcomes.get(row["id"], _Outcome()) for row in due]
    await connection.execute(
        """UPDATE reward_grant SET state = CASE WHEN t.failure IS NULL THEN 'granted' ELSE 'failed' END,
                                   failure = t.failure, coupon_id = t.coupon_id, cost_fen = t.cost_fen, granted_at = $5
           FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) AS t (id, failure, coupon_id, cost_fen)
           WHERE reward_grant.id = t.id""",
        [row["id"] for row in due],
        [outcome.failure for outcome in given],
        [outcome.coupon_id for outcome in given],
        [outcome.cost_fen for outcome in given],
        clock.now(),
    )
    settled = {(row["claim_id"], row["round"]): row["customer_id"] for row in due}
    await outbox.record(connection, [RewardsSettled(claim, turn, who) for (claim, turn), who in settled.items()])


class _Outcome(msgspec.Struct, frozen=True):
    failure: str | None = None
    coupon_id: int | None = None
    cost_fen: int = 0


async def _issue(connection: Connection, due: Sequence[Record]) -> dict[int, _Outcome]:
    """Issue the coupons among `due`; what became of each grant."""
    orders = [coupons.IssueOrder(row["customer_id"], row["target"], f"grant:{row['id']}", "reward") for row in due]
    issued = await coupons.issue(connection, orders)
    return {row["id"]: _outcome(row["target"], result) for row, result in zip(due, issued, strict=True)}


def _outcome(template: str, result: coupons.Issued | coupons.IssueFailure) -> _Outcome:
    if isinstance(result, coupons.IssueFailure):
        return _Outcome(failure=result.code)
    return _Outcome(coupon_id=result.coupon_id, cost_fen=coupons.template_cost_fen(template))
