"""A completed claim whose rewards are all settled is rewarded."""

from collections.abc import Sequence

from domain import rewards
from domain.facts import RewardsSettled
from domain.tasks.catalogue import catalogue
from domain.tasks.states import ClaimState
from domain.tasks.tell import Addressee, tell
from kit import clock, database, redis
from kit.database import Connection


async def mark_rewarded(connection: Connection, facts: Sequence[RewardsSettled]) -> None:
    """Nothing happens to a claim whose completion was lost meanwhile. The caller holds the customers' rows.

    Its customer is told what was really given; of a claim whose rewards have all failed there is nothing to tell.
    """
    rows = await connection.fetch(
        """UPDATE claim SET state = $3, rewarded_at = $4, change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::smallint[]) AS t (id, round)
           WHERE claim.id = t.id AND claim.round = t.round AND claim.state = 'completed'
           RETURNING claim.id, claim.customer_id, claim.version_id, claim.expires_at, claim.round""",
        [fact.claim_id for fact in facts],
        [fact.round for fact in facts],
        str(ClaimState.REWARDED),
        clock.now(),
    )
    await catalogue.know(row["version_id"] for row in rows)
    given = await rewards.given(connection, [(row["id"], row["round"]) for row in rows])
    about = [
        Addressee(
            row["id"],
            row["customer_id"],
            catalogue.version(row["version_id"]),
            row["expires_at"],
            row["round"],
            given.get((row["id"], row["round"]), []),
        )
        for row in rows
    ]
    await tell(connection, "rewarded", [one for one in about if one.rewards or not one.version.definition.rewards])
    changed = sorted({fact.customer_id for fact in facts})
    database.after_commit(lambda: redis.publish_changed(changed))
