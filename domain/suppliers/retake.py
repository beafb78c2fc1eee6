"""A usage told by code before we knew the code counts as soon as we do."""

from collections.abc import Collection

from domain import benefits
from domain.benefits import GrantState
from kit.database import Connection

_RETAKE = """
UPDATE supplier_usage u SET grant_id = told.grant_id, state = CASE WHEN told.why IS NULL THEN 'taken' ELSE 'parked' END,
                            reason = told.why
FROM (
  SELECT u.id, c.grant_id,
         CASE WHEN g.state IN ('voided', 'failed') THEN 'grant.' || g.state
              WHEN row_number() OVER (PARTITION BY c.grant_id ORDER BY u.id) > 1 OR EXISTS (
                SELECT FROM supplier_usage b WHERE b.grant_id = c.grant_id AND b.state = 'taken')
              THEN 'grant.used_twice' END AS why
  FROM benefit_code c JOIN benefit_grant g ON g.id = c.grant_id
  JOIN supplier_usage u ON u.supplier = c.supplier AND u.digest = c.digest AND u.state = 'parked'
  WHERE c.supplier = $1 AND c.grant_id = ANY($2::bigint[]) AND u.reason = 'code.unknown') AS told
WHERE u.id = told.id RETURNING u.grant_id, u.state
"""


async def retake(connection: Connection, supplier: str, grant_ids: Collection[int]) -> None:
    """Judge anew what was parked for these grants' codes: of several usages of one code the first counts. The caller
    holds what is told of the supplier, and the customers' locks.
    """
    if not grant_ids:
        return
    judged = await connection.fetch(_RETAKE, supplier, list(grant_ids))
    taken = [row["grant_id"] for row in judged if row["state"] == "taken"]
    await benefits.move(connection, taken, GrantState.REDEEMED, "used")
