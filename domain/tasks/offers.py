"""The rows of `task_offer`: what was pushed to whom, and whether it is open, taken up, withdrawn or over."""

from collections.abc import Collection, Sequence
from enum import StrEnum

import msgspec

from kit import clock, database, redis
from kit.database import Connection, Record


class OfferState(StrEnum):
    """open → claimed, withdrawn or expired; withdrawn → open when the completion comes about anew."""

    OPEN = "open"
    CLAIMED = "claimed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Push(msgspec.Struct, frozen=True):
    """One follow-up for one customer; `state` is open for an offer, claimed for what was claimed for them."""

    customer_id: int
    task: str
    pool: str
    from_claim: int
    round: int
    rule: int
    state: OfferState
    message: str | None


async def open_to(connection: Connection, customer_ids: Collection[int]) -> set[tuple[int, str]]:
    """Which tasks are offered to whom: (customer, task)."""
    rows = await connection.fetch(
        "SELECT customer_id, task FROM task_offer WHERE customer_id = ANY($1::bigint[]) AND state = 'open'",
        list(customer_ids),
    )
    return {(row[0], row[1]) for row in rows}


async def push(connection: Connection, pushes: Sequence[Push]) -> list[int]:
    """Write them down; their ids in the same order. What was withdrawn is open again under its old id.

    Idempotent on (claim, task). The caller holds the customers' locks and pushes nothing that is open already.
    """
    if not pushes:
        return []
    rows = await connection.fetch(
        """INSERT INTO task_offer (customer_id, task, pool, from_claim_id, round, rule, state, message, created_at,
                                   closed_at, change_no)
           SELECT t.*, $9::timestamptz, CASE WHEN t.state <> 'open' THEN $9::timestamptz END, nextval('change_no')
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::smallint[], $6::smallint[], $7::text[],
                       $8::text[]) AS t (customer_id, task, pool, from_claim, round, rule, state, message)
           ON CONFLICT (from_claim_id, task) DO UPDATE
             SET state = excluded.state, round = excluded.round, rule = excluded.rule, message = excluded.message,
                 closed_at = excluded.closed_at, change_no = excluded.change_no
           RETURNING id, from_claim_id, task""",
        [one.customer_id for one in pushes],
        [one.task for one in pushes],
        [one.pool for one in pushes],
        [one.from_claim for one in pushes],
        [one.round for one in pushes],
        [one.rule for one in pushes],
        [str(one.state) for one in pushes],
        [one.message for one in pushes],
        clock.now(),
    )
    changed = sorted({one.customer_id for one in pushes})
    database.after_commit(lambda: redis.publish_changed(changed))
    ids = {(row["from_claim_id"], row["task"]): row["id"] for row in rows}
    return [ids[one.from_claim, one.task] for one in pushes]


async def offer(connection: Connection, offered: Sequence[tuple[int, str, str]]) -> None:
    """Open offers that stand on no completion: (customer, task, what caused it). Once for each cause; what is open to
    the customer already stays as it is. The caller holds the customers' locks.
    """
    if not offered:
        return
    await connection.execute(
        """INSERT INTO task_offer (customer_id, task, pool, source, round, rule, state, created_at, change_no)
           SELECT t.customer_id, t.task, '', t.source, 0, 0, 'open', $4, nextval('change_no')
           FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (customer_id, task, source)
           ON CONFLICT DO NOTHING""",
        [customer_id for customer_id, _, _ in offered],
        [task for _, task, _ in offered],
        [source for _, _, source in offered],
        clock.now(),
    )
    changed = sorted({customer_id for customer_id, _, _ in offered})
    database.after_commit(lambda: redis.publish_changed(changed))


async def take_up(connection: Connection, claimed: Sequence[tuple[int, str]]) -> None:
    """Close the open offers of tasks these customers now have a claim of: (customer, task)."""
    if not claimed:
        return
    await connection.execute(
        """UPDATE task_offer o SET state = 'claimed', closed_at = $3, change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::text[]) AS t (customer_id, task)
           WHERE o.customer_id = t.customer_id AND o.task = t.task AND o.state = 'open'""",
        [customer_id for customer_id, _ in claimed],
        [task for _, task in claimed],
        clock.now(),
    )


async def known(connection: Connection, customer_ids: Collection[int], claim_ids: Collection[int]) -> list[Record]:
    """What is open to these customers, and all that these claims ever pushed."""
    return await connection.fetch(
        """SELECT customer_id, task, pool, from_claim_id, state FROM task_offer
           WHERE customer_id = ANY($1::bigint[]) AND (state = 'open' OR from_claim_id = ANY($2::bigint[]))""",
        list(customer_ids),
        list(claim_ids),
    )


async def stand_on(connection: Connection, completions: Sequence[tuple[int, int]]) -> None:
    """Let open offers stand on the latest completion of their claim: (claim, round). The loss of an earlier one, told
    late, withdraws them no more.
    """
    await connection.execute(
        """UPDATE task_offer o SET round = t.round FROM unnest($1::bigint[], $2::smallint[]) AS t (claim_id, round)
           WHERE o.from_claim_id = t.claim_id AND o.state = 'open' AND o.round < t.round""",
        [claim_id for claim_id, _ in completions],
        [number for _, number in completions],
    )
