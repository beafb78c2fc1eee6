"""The list of what does not fit together between the core's loans and our coupons."""

from datetime import datetime

import msgspec

from domain.loans.mismatch import Kind
from domain.operators import OperatorIdentity
from kit import database


class Discrepancy(msgspec.Struct, frozen=True):
    """One of them; `amount_fen` is what the core took off by the coupon."""

    id: int
    loan_id: int
    request_no: str
    customer_no: str | None
    coupon_id: int | None
    kind: Kind
    amount_fen: int
    detail: str
    state: str
    created_at: datetime
    closed_at: datetime | None
    reason: str | None


_LIST = """
SELECT d.id, d.loan_id, l.request_no, c.customer_no, d.coupon_id, d.kind, d.amount_fen, d.detail, d.state, d.created_at,
       d.closed_at, d.reason
FROM loan_discrepancy d JOIN loan l ON l.id = d.loan_id JOIN customer c ON c.id = l.customer_id
WHERE ($1::text[] IS NULL OR c.branch = ANY($1))
"""


async def discrepancies(
    operator: OperatorIdentity, *, state: str | None, before: int | None, limit: int
) -> list[Discrepancy]:
    """Of customers of the operator's branch, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""{_LIST} AND ($2::text IS NULL OR d.state = $2) AND ($3::bigint IS NULL OR d.id < $3)
            ORDER BY d.id DESC LIMIT $4""",
        operator.within,
        state,
        before,
        limit,
    )
    return [_discrepancy(row) for row in rows]


async def discrepancy(operator: OperatorIdentity, discrepancy_id: int) -> Discrepancy | None:
    """One of them."""
    row = await database.fetchrow(f"{_LIST} AND d.id = $2", operator.within, discrepancy_id)
    return _discrepancy(row) if row else None


def _discrepancy(row: database.Record) -> Discrepancy:
    return Discrepancy(**{**row, "kind": Kind(row["kind"])})
