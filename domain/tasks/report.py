"""How a task is doing."""

import msgspec

from kit import database


class TaskReport(msgspec.Struct, frozen=True):
    """Counts of claims: `completed` are those that reached completion and were not taken back, rewarded or not.

    The cost is that of every reward given and not taken back, and of what had been used before it could be.
    """

    claimed: int
    completed: int
    rewarded: int
    expired: int
    clawed_back: int
    cost_fen: int


async def report(code: str) -> TaskReport:
    """Over all versions of the task; the caller has checked that it may be seen."""
    row = await database.fetchrow(
        """SELECT count(*) AS claimed,
                  count(*) FILTER (WHERE state IN ('completed', 'rewarded')) AS completed,
                  count(*) FILTER (WHERE state = 'rewarded') AS rewarded,
                  count(*) FILTER (WHERE state = 'expired') AS expired,
                  count(*) FILTER (WHERE state = 'clawed_back') AS clawed_back,
                  (SELECT coalesce(sum(g.cost_fen), 0)::bigint FROM reward_grant g JOIN claim c ON c.id = g.claim_id
                   WHERE c.task = $1 AND (g.state = 'granted'
                                          OR g.state = 'clawed_back'
                                          AND EXISTS (SELECT FROM debt d WHERE d.grant_id = g.id))) AS cost_fen
           FROM claim WHERE task = $1""",
        code,
    )
    assert row is not None  # an aggregate always answers
    return TaskReport(*row)
