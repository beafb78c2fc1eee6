"""What completions have really earned."""

from collections import defaultdict
from collections.abc import Sequence

from domain.facts import RewardDue
from kit.database import Connection


async def given(
    connection: Connection, completions: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[RewardDue]]:
    """The rewards that were given for each of these (claim, round), in order; nothing that failed or was withheld."""
    rows = await connection.fetch(
        """SELECT g.claim_id, g.round, g.kind, g.target, g.amount FROM reward_grant g
           JOIN unnest($1::bigint[], $2::smallint[]) AS t (claim_id, round) USING (claim_id, round)
           WHERE g.state = 'granted' ORDER BY g.claim_id, g.round, g.position""",
        [claim_id for claim_id, _ in completions],
        [turn for _, turn in completions],
    )
    found: dict[tuple[int, int], list[RewardDue]] = defaultdict(list)
    for row in rows:
        found[row["claim_id"], row["round"]].append(RewardDue(row["kind"], row["target"], row["amount"]))
    return found
