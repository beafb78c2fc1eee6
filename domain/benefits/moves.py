"""The one place where a granted benefit changes its state, and its history with it."""

from collections.abc import Collection

from domain import campaigns
from domain.benefits import states
from domain.benefits.costs import budget_source
from domain.benefits.states import GrantState
from kit import clock, database, redis
from kit.database import Connection

_UNSPENT = frozenset({GrantState.EXPIRED, GrantState.VOIDED, GrantState.FAILED})


async def move(connection: Connection, grant_ids: Collection[int], after: GrantState, reason: str) -> list[int]:
    """Move those of these grants that may go there, and say which; the others stay as they are. The caller holds the
    customers' locks.

    What nobody will redeem any more gives its cost back: the caller has locked those budgets before the grants
    (`costs.hold_budgets`).
    """
    if not grant_ids:
        return []
    rows = await connection.fetch(
        """WITH old AS (
             SELECT id, state FROM benefit_grant WHERE id = ANY($1::bigint[]) AND state = ANY($5::text[])
             ORDER BY id FOR NO KEY UPDATE), moved AS (
             UPDATE benefit_grant g SET state = $2::text, change_no = nextval('change_no'),
                                        redeemed_at = CASE WHEN $2::text = 'redeemed' THEN $4::timestamptz END,
                                        failure = CASE WHEN $2::text = 'failed' THEN $3::text END
             FROM old WHERE g.id = old.id RETURNING g.id, g.customer_id, g.source, old.state AS before), noted AS (
             INSERT INTO benefit_move (grant_id, before, after, reason, moved_at)
             SELECT id, before, $2::text, $3::text, $4 FROM moved ORDER BY id)
           SELECT id, customer_id, source FROM moved ORDER BY id""",
        list(grant_ids),
        str(after),
        reason,
        clock.now(),
        [str(state) for state in states.before(after)],
    )
    if after in _UNSPENT:
        await campaigns.release(connection, [budget_source(row["source"]) for row in rows], reason)
    changed = sorted({row["customer_id"] for row in rows})
    database.after_commit(lambda: redis.publish_changed(changed))
    return [row["id"] for row in rows]
