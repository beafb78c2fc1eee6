"""The one place where a granted benefit changes its state, and its history with it."""

from collections.abc import Sequence

from domain import campaigns
from domain.benefits import states
from domain.benefits.costs import budget_source
from domain.benefits.states import GrantState
from kit import clock, database, redis
from kit.database import Connection

_UNSPENT = frozenset({GrantState.EXPIRED, GrantState.VOIDED})


async def move(connection: Connection, grant_ids: Sequence[int], after: GrantState, reason: str) -> None:
    """Move grants that the caller has locked, in state granted. The customers are locked too.

    What nobody will redeem any more gives its cost back: the caller has locked those budgets before the grants
    (`costs.hold_budgets`).
    """
    if not states.may(GrantState.GRANTED, after):
        raise ValueError(f"a benefit cannot go from granted to {after}")
    if not grant_ids:
        return
    rows = await connection.fetch(
        """WITH moved AS (
             UPDATE benefit_grant SET state = $2::text, change_no = nextval('change_no'),
                                      redeemed_at = CASE WHEN $2::text = 'redeemed' THEN $4::timestamptz END
             WHERE id = ANY($1::bigint[]) AND state = 'granted' RETURNING id, customer_id, source), noted AS (
             INSERT INTO benefit_move (grant_id, before, after, reason, moved_at)
             SELECT id, 'granted', $2::text, $3, $4 FROM moved ORDER BY id)
           SELECT customer_id, source FROM moved""",
        list(grant_ids),
        str(after),
        reason,
        clock.now(),
    )
    if after in _UNSPENT:
        await campaigns.release(connection, [budget_source(row["source"]) for row in rows], reason)
    changed = sorted({row["customer_id"] for row in rows})
    database.after_commit(lambda: redis.publish_changed(changed))
