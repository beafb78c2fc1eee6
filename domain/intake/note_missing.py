"""A business day whose file should have come, and did not."""

from domain.intake.rules import last_due
from kit import clock, database, logging

log = logging.get("intake")
_FARTHEST_BACK_DAYS = 30
_INSERT = """
INSERT INTO daily_file (business_date, state, missing_at, noted_at,
                        delivery, position, accepted, duplicates, suspended, rejected)
SELECT $1::date - back, 'missing', $2, $2, 1, 0, 0, 0, 0, 0 FROM generate_series(0, $3::int) AS t (back)
WHERE $1::date - back >= (SELECT coalesce(min(business_date), $1::date) FROM daily_file)
  AND NOT EXISTS (SELECT FROM daily_file f WHERE f.business_date = $1::date - back)
ORDER BY back DESC ON CONFLICT DO NOTHING RETURNING business_date
"""


async def note_missing(due_hour: int) -> int:
    """Note every due day without any delivery, from the first day ever noted, at most 30 days back; how many are new.

    The file of a day is due on the day after at `due_hour` (Asia/Shanghai). Idempotent.
    """
    now = clock.now()
    rows = await database.fetch(_INSERT, last_due(now, due_hour), now, _FARTHEST_BACK_DAYS)
    if rows:
        log.error("intake.file_missing", days=[row["business_date"].isoformat() for row in rows])
    return len(rows)
