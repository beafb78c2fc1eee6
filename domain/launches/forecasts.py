"""What was forecast of the tasks of a campaign that are not live yet."""

from collections.abc import Sequence

from domain import approvals
from domain.approvals import Version
from domain.launches.rules import Foreseen
from kit import database


async def latest_of(campaign: Version, tasks: Sequence[Version]) -> dict[str, Foreseen | None]:
    """By code of each task in the making: the newest forecast that whose campaign it is had made, of the task or of the
    campaign; None where there is none, or the task has been changed since.
    """
    making = {task.code: task for task in tasks if task.state in approvals.IN_THE_MAKING}
    rows = await database.fetch(
        """SELECT DISTINCT ON (played.code) played.code, played.content_hash, f.exceeds
           FROM forecast f, jsonb_to_recordset(f.documents) AS played (code text, content_hash text)
           WHERE f.state = 'ready' AND f.branch = $3 AND played.code = ANY($1::text[])
             AND ((f.kind = 'tasks' AND f.code = ANY($1::text[])) OR (f.kind = 'campaigns' AND f.code = $2))
           ORDER BY played.code, f.id DESC""",
        list(making),
        campaign.code,
        campaign.branch,
    )
    known = {row["code"]: row for row in rows if row["content_hash"] == making[row["code"]].content_hash}
    return {code: Foreseen(known[code]["exceeds"]) if code in known else None for code in making}
