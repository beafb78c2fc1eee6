"""Compensations as operators see them: of customers of their branch, head office all."""

from domain import approvals
from domain.compensations import rules
from domain.compensations.compensation import OF, Compensation, CompensationState, compensation_of, content_hash
from domain.operators import OperatorIdentity
from kit import database


async def read(operator: OperatorIdentity, compensation_id: int) -> Compensation:
    """One compensation. Raises `NotFound`, also for another branch's customer."""
    row = await database.fetchrow(
        f"{OF} WHERE m.id = $1 AND ($2::text[] IS NULL OR c.branch = ANY($2))", compensation_id, operator.within
    )
    if row is None:
        raise rules.not_found()
    return compensation_of(row)


async def read_to_approve(
    operator: OperatorIdentity, compensation_id: int, waits_as: CompensationState, approved_hash: str | None
) -> Compensation:
    """One that waits in this state, with exactly the content the approver has read.

    Raises `NotFound`, `Conflict` (`compensation.wrong_state`, `approval.content_changed`).
    """
    found = await read(operator, compensation_id)
    if found.state != waits_as:
        raise rules.wrong_state()
    actual = content_hash(found.customer_id, found.kind, found.target, found.amount, found.reason, found.message)
    approvals.check_content(approved_hash, found.content_hash, actual)
    return found


async def list_(
    operator: OperatorIdentity,
    *,
    state: CompensationState | None = None,
    before: int | None = None,
    limit: int = 20,
    customer_id: int | None = None,
) -> list[Compensation]:
    """Newest first, from below the id `before`; of one customer, if named."""
    rows = await database.fetch(
        f"""{OF} WHERE ($1::text[] IS NULL OR c.branch = ANY($1)) AND ($2::text IS NULL OR m.state = $2)
              AND ($3::bigint IS NULL OR m.id < $3) AND ($5::bigint IS NULL OR m.customer_id = $5)
            ORDER BY m.id DESC LIMIT $4""",
        operator.within,
        state,
        before,
        limit,
        customer_id,
    )
    return [compensation_of(row) for row in rows]
