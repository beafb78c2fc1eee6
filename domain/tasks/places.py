"""Places of tasks that have only so many: exact under any concurrency."""

from collections.abc import Sequence

from domain.tasks.book import OpenClaim
from kit.database import Connection


async def take(connection: Connection, claims: Sequence[OpenClaim]) -> list[OpenClaim]:
    """Take a place for each new claim in order; returns those for whom none was left.

    Locks the counters in order of task, and only those of tasks with limited places.
    """
    limited = [claim for claim in claims if claim.version.definition.claim.places is not None]
    if not limited:
        return []
    tasks = sorted({claim.version.code for claim in limited})
    rows = await connection.fetch(
        "SELECT task, taken FROM task_places WHERE task = ANY($1::text[]) ORDER BY task FOR UPDATE", tasks
    )
    taken = {row["task"]: row["taken"] for row in rows}
    refused: list[OpenClaim] = []
    for claim in limited:
        code, bound = claim.version.code, claim.version.definition.claim.places or 0
        if taken[code] < bound:
            taken[code] += 1
        else:
            refused.append(claim)
    await connection.execute(
        """UPDATE task_places SET taken = t.taken FROM unnest($1::text[], $2::int[]) AS t (task, taken)
           WHERE task_places.task = t.task""",
        list(taken),
        list(taken.values()),
    )
    return refused
