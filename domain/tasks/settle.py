"""A completed claim whose rewards are all settled is rewarded."""

from collections.abc import Sequence

from domain.facts import RewardsSettled
from domain.tasks.states import ClaimState
from kit import clock, database, redis
from kit.database import Connection


async def mark_rewarded(connection: Connection, facts: Sequence[RewardsSettled]) -> None:
    """Nothing happens to a claim whose completion was lost meanwhile. The caller holds the customers' rows."""
    await connection.execute(
        """UPDATE claim SET state = $3, rewarded_at = $4, change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::smallint[]) AS t (id, round)
           WHERE claim.id = t.id AND claim.round = t.round AND claim.state = 'completed'""",
        [fact.claim_id for fact in facts],
        [fact.round for fact in facts],
        str(ClaimState.REWARDED),
        clock.now(),
    )
    changed = sorted({fact.customer_id for fact in facts})
    database.after_commit(lambda: redis.publish_changed(changed))
