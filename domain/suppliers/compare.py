"""Three books side by side: our ledger of grants, our stock of codes, and the supplier's file of a day."""

from datetime import date, timedelta

from domain.suppliers.locks import hold_usages
from kit import clock, database
from kit.database import Connection

_COMPARE = """
WITH file AS (
  SELECT id FROM supplier_file WHERE supplier = $1::text AND day = $2::date AND state = 'taken'
  ORDER BY delivery DESC LIMIT 1),
told AS (SELECT r.* FROM supplier_record r JOIN file ON r.file_id = file.id),
issued AS (
  SELECT t.record_no, t.request_no, q.grant_id, q.cost_fen AS ours_cost_fen, t.cost_fen AS theirs_cost_fen,
         CASE WHEN g.state IN ('voided', 'failed') THEN g.state WHEN q.state = 'waiting' THEN 'issuing'
              ELSE q.state END AS ours
  FROM told t LEFT JOIN supplier_request q ON q.supplier = $1::text AND q.request_no = t.request_no
  LEFT JOIN benefit_grant g ON g.id = q.grant_id WHERE t.kind = 'issued'),
used AS (
  SELECT t.record_no, t.request_no, t.digest, c.id AS code_id, g.id AS grant_id, u.reason,
         coalesce(g.state, CASE WHEN c.id IS NOT NULL THEN 'in_stock' END) AS ours,
         coalesce(q.cost_fen, (v.body ->> 'cost_fen')::bigint) AS ours_cost_fen, t.cost_fen AS theirs_cost_fen
  FROM told t LEFT JOIN supplier_request q ON q.supplier = $1::text AND q.request_no = t.request_no
  LEFT JOIN benefit_code c ON c.supplier = $1::text AND c.digest = t.digest
  LEFT JOIN benefit_grant g ON g.id = coalesce(q.grant_id, c.grant_id)
  LEFT JOIN configuration v ON v.id = g.version_id
  LEFT JOIN supplier_usage u ON u.supplier = $1::text AND u.usage_no = t.record_no AND u.state = 'parked'
  WHERE t.kind = 'used'),
found AS (
  SELECT CASE WHEN grant_id IS NULL THEN 'theirs_only' ELSE 'state_differs' END AS kind, record_no, request_no,
         grant_id, ours, 'issued' AS theirs, ours_cost_fen, theirs_cost_fen
  FROM issued WHERE ours IS DISTINCT FROM 'issued'
  UNION ALL
  SELECT 'cost_differs', record_no, request_no, grant_id, ours, 'issued', ours_cost_fen, theirs_cost_fen
  FROM issued WHERE ours_cost_fen <> theirs_cost_fen
  UNION ALL
  SELECT CASE WHEN ours IS NOT NULL THEN 'state_differs' WHEN digest IS NULL THEN 'theirs_only' ELSE 'code_unknown' END,
         record_no, request_no, grant_id, ours,
         CASE reason WHEN 'grant.used_twice' THEN 'used_twice' ELSE 'used' END, ours_cost_fen, theirs_cost_fen
  FROM used WHERE ours IS DISTINCT FROM 'redeemed' OR reason IS NOT NULL
  UNION ALL
  SELECT 'cost_differs', record_no, request_no, grant_id, ours, 'used', ours_cost_fen, theirs_cost_fen
  FROM used WHERE ours_cost_fen <> theirs_cost_fen
  UNION ALL
  SELECT 'ours_only', NULL, q.request_no, q.grant_id, 'issued', NULL, q.cost_fen, NULL
  FROM supplier_request q, file
  WHERE q.supplier = $1::text AND q.state = 'issued' AND q.issued_at >= $3 AND q.issued_at < $4
    AND NOT EXISTS (SELECT FROM told t WHERE t.kind = 'issued' AND t.request_no = q.request_no)
  UNION ALL
  SELECT 'ours_only', u.usage_no, u.request_no, u.grant_id, 'used', NULL, u.cost_fen, NULL
  FROM supplier_usage u, file WHERE u.supplier = $1::text AND u.state = 'taken' AND u.used_at >= $3 AND u.used_at < $4
    AND NOT EXISTS (SELECT FROM told t WHERE t.kind = 'used' AND t.record_no = u.usage_no))
INSERT INTO supplier_difference (supplier, day, kind, record_no, request_no, grant_id, ours, theirs, ours_cost_fen,
                                 theirs_cost_fen)
SELECT $1::text, $2::date, kind, record_no, request_no, grant_id, ours, theirs, ours_cost_fen, theirs_cost_fen
FROM found
ORDER BY kind, record_no, request_no
"""


async def compare(connection: Connection, supplier: str, day: date) -> int:
    """Find every difference of a day anew, by the last file taken of it; returns how many. Without a file there is
    nothing to compare with. The caller holds what is told of the supplier.
    """
    await connection.execute("DELETE FROM supplier_difference WHERE supplier = $1 AND day = $2", supplier, day)
    begins, ends = clock.start_of_day(day), clock.start_of_day(day + timedelta(days=1))
    done: str = await connection.execute(_COMPARE, supplier, day, begins, ends)
    return int(done.rsplit(" ", 1)[1])


async def compare_again(supplier: str | None = None, day: date | None = None) -> dict[tuple[str, date], int]:
    """Compare every day a file was taken of (of one supplier, of one day, if named) with our books as they now are:
    how many differences there are by supplier and day.
    """
    days = await database.fetch(
        """SELECT DISTINCT supplier, day FROM supplier_file WHERE state = 'taken'
             AND ($1::text IS NULL OR supplier = $1) AND ($2::date IS NULL OR day = $2) ORDER BY 1, 2""",
        supplier,
        day,
    )
    found: dict[tuple[str, date], int] = {}
    for row in days:
        async with database.transaction() as connection:
            await hold_usages(connection, row[0])
            found[row[0], row[1]] = await compare(connection, row[0], row[1])
    return found
