"""A usage told by code before we knew the code counts as soon as we do."""

from collections.abc import Collection

from domain import benefits
from domain.benefits import GrantState
from kit.database import Connection


async def retake(connection: Connection, supplier: str, grant_ids: Collection[int]) -> None:
    """Take what was parked for these grants' codes; of several usages of one code the first. The caller holds the
    customers' locks.
    """
    if not grant_ids:
        return
    taken = await connection.fetch(
        """WITH first AS (
             SELECT DISTINCT ON (c.grant_id) u.id, c.grant_id FROM benefit_code c
             JOIN supplier_usage u ON u.supplier = c.supplier AND u.digest = c.digest AND u.state = 'parked'
             WHERE c.supplier = $1 AND c.grant_id = ANY($2::bigint[]) AND u.reason = 'code.unknown'
             ORDER BY c.grant_id, u.id)
           UPDATE supplier_usage u SET state = 'taken', reason = NULL, grant_id = first.grant_id
           FROM first JOIN benefit_grant g ON g.id = first.grant_id AND g.state NOT IN ('voided', 'failed')
           WHERE u.id = first.id RETURNING u.grant_id""",
        supplier,
        list(grant_ids),
    )
    await benefits.move(connection, [row[0] for row in taken], GrantState.REDEEMED, "used")
