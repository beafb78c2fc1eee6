"""What waits for somebody to agree."""

from domain.approvals.kinds import Version
from domain.approvals.rows import version_of
from domain.operators.identity import OperatorIdentity, Role
from kit import database


async def pending(
    operator: OperatorIdentity, kind: str | None = None, after: int | None = None, limit: int = 20
) -> list[Version]:
    """What this operator could approve, the latest submitted last, from above the id `after`: of their branch, not made
    by them, submitted for a checker, and checked by somebody else for a budget approver.
    """
    rows = await database.fetch(
        """SELECT * FROM configuration
           WHERE (($2 AND state = 'submitted') OR ($3 AND state = 'checked' AND checker_id <> $1)) AND maker_id <> $1
             AND ($4::text[] IS NULL OR branch = ANY($4)) AND ($5::text IS NULL OR kind = $5)
             AND ($6::bigint IS NULL OR id > $6)
           ORDER BY id LIMIT $7""",
        operator.operator_id,
        Role.CHECKER in operator.roles,
        Role.BUDGET_APPROVER in operator.roles,
        operator.within,
        kind,
        after,
        limit,
    )
    return [version_of(row) for row in rows]
