"""Grants: one per (claim, round, position), pending until they settle, then given in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from domain import campaigns, customers, outbox
from domain.facts import RewardsSettled, TaskCompleted
from domain.rewards.costs import cost_of, follow_prices, price_fen, source_of
from domain.rewards.give import give
from kit import clock, database
from kit.database import Connection, Record

BATCH = 500
CLOSED = "closed"
"""Kind of the row at position 0 that says: this completion was lost, grant nothing for it any more."""


async def grant(connection: Connection, facts: Sequence[TaskCompleted]) -> None:
    """Write down what each completion earns, reserve what it costs, and give what is due now. Idempotent: the grants'
    unique key. What it costs is what it costs now, whenever it is given. A reward the budget refuses fails alone.
    """
    await customers.lock(connection, {fact.customer_id for fact in facts})
    await follow_prices(connection)
    written = await _write_down(connection, facts)
    refused = await _reserve(connection, written)
    due = await connection.fetch(
        """SELECT * FROM reward_grant WHERE claim_id = ANY($1::bigint[]) AND state = 'pending' AND settles_at <= $2
           ORDER BY id""",
        [fact.claim_id for fact in facts],
        clock.now(),
    )
    await outbox.record(connection, _nothing_to_wait_for(facts, written, refused))
    await give(connection, due)


async def _write_down(connection: Connection, facts: Sequence[TaskCompleted]) -> list[Record]:
    """The new grants, in order; none for a completion that was lost before."""
    rows = [(fact, position, due) for fact in facts for position, due in enumerate(fact.rewards, start=1)]
    return await connection.fetch(
        """INSERT INTO reward_grant (claim_id, round, position, customer_id, kind, target, amount, title, cost_fen,
                                     state, settles_at)
           SELECT claim_id, round, position, customer_id, kind, target, amount, title, cost_fen, 'pending', settles_at
           FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::bigint[], $5::text[], $6::text[],
                       $7::bigint[], $8::text[], $9::bigint[], $10::timestamptz[]) WITH ORDINALITY
             AS t (claim_id, round, position, customer_id, kind, target, amount, title, cost_fen, settles_at, place)
           WHERE NOT EXISTS (SELECT FROM reward_grant g
                             WHERE g.claim_id = t.claim_id AND g.round = t.round AND g.position = 0)
           ORDER BY place ON CONFLICT DO NOTHING RETURNING *""",
        [fact.claim_id for fact, _, _ in rows],
        [fact.round for fact, _, _ in rows],
        [position for _, position, _ in rows],
        [fact.customer_id for fact, _, _ in rows],
        [due.kind for _, _, due in rows],
        [due.target for _, _, due in rows],
        [due.amount for _, _, due in rows],
        [f"完成任务：{fact.name}"[:64] for fact, _, _ in rows],
        [price_fen(due.kind, due.target) for _, _, due in rows],
        [fact.settles_at for fact, _, _ in rows],
    )


async def _reserve(connection: Connection, written: Sequence[Record]) -> set[int]:
    """Set aside what these grants cost; those the budget refuses have failed and are returned."""
    priced = [(row["id"], cost) for row in written if (cost := cost_of(row, source_of(row)))]
    refusals = await campaigns.reserve(connection, [cost for _, cost in priced])
    refused = {grant_id: code for (grant_id, _), code in zip(priced, refusals, strict=True) if code}
    if refused:
        await connection.execute(
            """UPDATE reward_grant SET state = 'failed', failure = t.failure, cost_fen = 0,
                                       change_no = nextval('change_no')
               FROM unnest($1::bigint[], $2::text[]) AS t (id, failure) WHERE reward_grant.id = t.id""",
            list(refused),
            list(refused.values()),
        )
    return set(refused)


def _nothing_to_wait_for(
    facts: Sequence[TaskCompleted], written: Sequence[Record], refused: Collection[int]
) -> list[RewardsSettled]:
    """Completions that earn nothing, and those of whose rewards none is left."""
    by_completion: dict[tuple[int, int, int], list[bool]] = defaultdict(list)
    for row in written:
        by_completion[row["claim_id"], row["round"], row["customer_id"]].append(row["id"] in refused)
    lost = [RewardsSettled(*completion) for completion, failed in by_completion.items() if all(failed)]
    return [RewardsSettled(fact.claim_id, fact.round, fact.customer_id) for fact in facts if not fact.rewards] + lost


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
